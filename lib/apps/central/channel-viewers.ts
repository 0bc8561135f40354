import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { BlockTaker } from '../../domain/live/block-taker.ts';
import type { ChannelOnAir, ChannelRegistry } from '../../domain/live/channel-registry.ts';
import type { Watching } from '../live/watch/watching.ts';

/** A channel as browsers see it. */
export interface Screen extends AsyncDisposable, BlockTaker {
  /** There is nothing to see. */
  readonly isEmpty: boolean;
}

export type ViewerState = 'joined' | 'away' | 'full';

export interface ChannelViewersPorts<S extends Screen> {
  readonly channels: Pick<ChannelRegistry, 'find'>;
  readonly clock: Clock;
  /** `slot`: 0, 1, … below `watchedMax`, of no other screen that is open. */
  openScreen(channel: ChannelOnAir, slot: number): Promise<S>;
  watch(channel: ChannelOnAir, told: { readonly taker: BlockTaker; readonly onState: (state: ViewerState) => void }): Watching;
}

export interface ChannelViewersSettings {
  readonly watchedMax: number;
  /** A channel that nobody asked for in so long is watched no more. */
  readonly unwatchedMs: number;
}

interface Opened<S> {
  readonly screen: S;
  watching: Watching;
  /** The key of who is watched. */
  stream: string;
}

interface Viewer<S> {
  readonly slot: number;
  readonly opened: Promise<Opened<S>>;
  askedMs: number;
  state: ViewerState | undefined;
}

const LOOK_EVERY_MS = SECOND_MS;
const LEAVE_PATIENCE_MS = SECOND_MS;

/** The channels that this central watches, each once, while browsers ask for them. */
export class ChannelViewers<S extends Screen> implements AsyncDisposable {
  readonly #settings: ChannelViewersSettings;
  readonly #ports: ChannelViewersPorts<S>;
  readonly #viewers = new Map<string, Viewer<S>>();
  readonly #closing = new Map<number, Promise<void>>();
  readonly #looking: NodeJS.Timeout;

  constructor(settings: ChannelViewersSettings, ports: ChannelViewersPorts<S>) {
    this.#settings = settings;
    this.#ports = ports;
    this.#looking = setInterval(() => this.#closeUnwatched(), LOOK_EVERY_MS);
  }

  /**
   * What shows a channel; it is watched from now on, when it was not.
   *
   * @throws VideoError `not_found`, `channels_full`, `channel_full`; or what the disk says
   */
  async screenOf(id: string): Promise<S> {
    const { channels, clock } = this.#ports;
    const channel = channels.find(id, clock.now());
    if (!channel) throw new VideoError('not_found', { what: 'channel' });
    const viewer = this.#viewers.get(id) ?? this.#open(channel);
    viewer.askedMs = clock.now();
    const opened = await viewer.opened;
    const { screen } = opened;
    if (opened.stream !== channel.stream) await this.#watchAgain(viewer, opened, channel);
    if (viewer.state === 'full' && screen.isEmpty) throw new VideoError('channel_full', { name: channel.name });
    return screen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
    for (const id of this.#viewers.keys()) this.#close(id);
    await Promise.all(this.#closing.values());
  }

  #open(channel: ChannelOnAir): Viewer<S> {
    const { watchedMax } = this.#settings;
    const taken = new Set([...this.#closing.keys(), ...[...this.#viewers.values()].map(({ slot }) => slot)]);
    const slot = Array.from({ length: watchedMax }, (_, index) => index).find(index => !taken.has(index));
    if (slot === undefined) throw new VideoError('channels_full', { what: 'watched', max: watchedMax });
    const viewer: Viewer<S> = { slot, askedMs: 0, state: undefined, opened: this.#watch(channel, slot, state => (viewer.state = state)) };
    this.#viewers.set(channel.id, viewer);
    // Who asked is told why.
    viewer.opened.catch(() => this.#viewers.delete(channel.id));
    return viewer;
  }

  async #watch(channel: ChannelOnAir, slot: number, onState: (state: ViewerState) => void) {
    const screen = await this.#ports.openScreen(channel, slot);
    return { screen, stream: channel.stream, watching: this.#ports.watch(channel, { taker: screen, onState }) };
  }

  /** Whoever broadcasts was started again: joined at once, and not when it is found by itself. What is shown goes on. */
  async #watchAgain(viewer: Viewer<S>, opened: Opened<S>, channel: ChannelOnAir): Promise<void> {
    const before = opened.watching;
    opened.stream = channel.stream;
    viewer.state = undefined;
    opened.watching = this.#ports.watch(channel, { taker: opened.screen, onState: state => (viewer.state = state) });
    await before[Symbol.asyncDispose]();
  }

  #closeUnwatched(): void {
    const sinceMs = this.#ports.clock.now() - this.#settings.unwatchedMs;
    for (const [id, { askedMs }] of this.#viewers) if (askedMs < sinceMs) this.#close(id);
  }

  #close(id: string): void {
    const { slot, opened } = this.#viewers.get(id)!;
    this.#viewers.delete(id);
    this.#closing.set(slot, opened.then(end, () => undefined).finally(() => this.#closing.delete(slot)));
  }
}

async function end({ screen, watching }: { readonly screen: Screen; readonly watching: Watching }): Promise<void> {
  await watching.leave(AbortSignal.timeout(LEAVE_PATIENCE_MS));
  await watching[Symbol.asyncDispose]();
  await screen[Symbol.asyncDispose]();
}
