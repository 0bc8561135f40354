import { join } from 'node:path';
import { CloseStack } from '../../base/close.ts';
import type { Clock } from '../../base/clock.ts';
import { isVideoError, VideoError } from '../../base/errors.ts';
import type { Language } from '../../base/messages/index.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { ControlClient } from '../../protocol/control.ts';
import type { DemoFolder } from './demo-folder.ts';

export const SECONDARIES = [1, 2, 3] as const;
export type SecondaryNumber = (typeof SECONDARIES)[number];
export type ProgramName = 'videocentral' | 'videosecundario' | 'videocliente';

/** A program that runs: how it ended, and how to end it without warning. */
export interface Running extends AsyncDisposable {
  readonly ended: Promise<number | string>;
  kill(): void;
}

export interface ClusterPorts {
  readonly control: ControlClient;
  readonly clock: Clock;
  readonly start: (program: ProgramName, args: readonly string[], logPath: string) => Promise<Running>;
  /** What to say of a program that ended by itself; what it said is in its log. */
  readonly endedSentence: (program: string, end: number | string, logPath?: string) => string;
}

export interface ClusterSettings {
  readonly folder: DemoFolder;
  readonly statistics: string;
  readonly language: Language;
  readonly centralPort: number;
  /** In the order of `SECONDARIES`. */
  readonly secondaryPorts: readonly number[];
}

const POLL_MS = SECOND_MS / 5;
const PATIENCE_MS = 60 * SECOND_MS;

/** A central and three secondaries, each a process of its own. Disposing of it leaves none. */
export class Cluster implements AsyncDisposable {
  readonly #settings: ClusterSettings;
  readonly #ports: ClusterPorts;
  readonly #closing = new CloseStack();
  readonly #secondaries = new Map<SecondaryNumber, Running>();
  readonly #killed = new Set<Running>();
  readonly #broken = new AbortController();
  #isClosing = false;

  constructor(settings: ClusterSettings, ports: ClusterPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** Aborts when one of them ends that was not told to. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  async start(): Promise<void> {
    await this.#run('videocentral', 'central', this.centralArgs());
    for (const number of SECONDARIES) await this.startSecondary(number);
  }

  async startSecondary(number: SecondaryNumber): Promise<void> {
    const running = await this.#run('videosecundario', `secundario${number}`, this.secondaryArgs(number));
    this.#secondaries.set(number, running);
  }

  /** As `kill -9`: it says no goodbye. */
  killSecondary(number: SecondaryNumber): void {
    const victim = this.#secondaries.get(number)!;
    this.#killed.add(victim);
    victim.kill();
  }

  centralArgs(): readonly string[] {
    const { folder, centralPort } = this.#settings;
    return ['--puerto', String(centralPort), '--datos', folder.data, ...this.#toStatistics()];
  }

  secondaryArgs(number: SecondaryNumber): readonly string[] {
    const { folder, secondaryPorts } = this.#settings;
    const port = String(secondaryPorts[SECONDARIES.indexOf(number)]);
    const directory = folder.videos(number);
    return ['--numero', String(number), '--puerto', port, ...this.#toCentral(), '--directorio', directory, ...this.#toStatistics()];
  }

  clientArgs(): readonly string[] {
    return [...this.#toCentral(), '--directorio', this.#settings.folder.downloads, ...this.#toStatistics()];
  }

  /** Resolves when every secondary holds the video. @throws VideoError `timed_out`; or the signal's reason */
  async replicated(name: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const giveUpAtMs = clock.now() + PATIENCE_MS;
    while ((await this.#holders(name, signal)) < SECONDARIES.length) {
      if (clock.now() > giveUpAtMs) throw new VideoError('timed_out', { what: name, afterMs: PATIENCE_MS });
      await clock.sleep(POLL_MS, { signal });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await this.#closing[Symbol.asyncDispose]();
  }

  async #holders(name: string, signal: AbortSignal): Promise<number> {
    try {
      const { available } = await this.#ports.control.videos.find({ name }, { signal });
      return available.length;
    } catch (error) {
      // The central is still starting, or nobody announced the video yet.
      if (isVideoError(error, 'central_unreachable', 'file_not_found')) return 0;
      throw error;
    }
  }

  async #run(program: ProgramName, name: string, args: readonly string[]): Promise<Running> {
    const logPath = join(this.#settings.folder.logs, `${name}.log`);
    const running = this.#closing.use(await this.#ports.start(program, [...args, '--idioma', this.#settings.language], logPath));
    void running.ended.then(end => {
      if (this.#isClosing || this.#killed.has(running)) return;
      this.#broken.abort(new VideoError('internal', { reason: this.#ports.endedSentence(name, end, logPath) }));
    });
    return running;
  }

  #toCentral(): readonly string[] {
    return ['--ip-central', '127.0.0.1', '--puerto-central', String(this.#settings.centralPort)];
  }

  #toStatistics(): readonly string[] {
    return ['--estadisticas', this.#settings.statistics];
  }
}
