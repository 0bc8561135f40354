import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { startSecondary, type RunningSecondary } from '../../lib/apps/secondary/secondary.ts';
import { secondarySettings } from '../../lib/apps/secondary/settings.ts';
import { systemClock as clock } from '../../lib/base/clock.ts';
import type { EventFields, EventName } from '../../lib/base/events.ts';
import { createLog } from '../../lib/base/log.ts';
import { messagesIn } from '../../lib/base/messages/index.ts';
import { systemRandom as random } from '../../lib/base/random.ts';
import { defaultScrub, type ScrubSettings } from '../../lib/domain/scrub.ts';
import { rot } from './bit-rot.ts';
import { CentralSite } from './central-site.ts';
import { answerOf } from './collected-output.ts';
import { eventually } from './eventually.ts';

type Told = { readonly event: EventName; readonly fields: EventFields[EventName] };

export interface RottingNode extends RunningSecondary {
  readonly told: readonly Told[];
  readonly folder: string;
  readonly scrub: ScrubSettings;
  bytesOf(name: string): Promise<Buffer>;
  count(event: EventName): number;
  /** What a command of its console answers, as `a|b` lines. */
  ask(command: string, argument?: string): Promise<readonly string[]>;
}

/** Everything is read again all the time. */
export const restless: ScrubSettings = { ...defaultScrub, cycleMs: 1, idleCycleMs: 1, busyCycleMs: 1, firstAfterMs: 0 };
/** Nothing is read again unless somebody asks. */
export const patient: ScrubSettings = defaultScrub;

/** A central and secondaries in this process, over real HTTP, whose disks the test spoils. */
export class RottingSite {
  readonly central: CentralSite;
  readonly #t: ExecutionContext;

  private constructor(t: ExecutionContext, central: CentralSite) {
    this.#t = t;
    this.central = central;
  }

  static async open(t: ExecutionContext, { replicas = 3 } = {}): Promise<RottingSite> {
    return new RottingSite(t, await CentralSite.open(t, { replicas, heartbeatEveryMs: 50, tickMs: 50 }));
  }

  async start(number: number, scrub: ScrubSettings = patient): Promise<RottingNode> {
    const told: Told[] = [];
    const directory = this.folderOf(number);
    const settings = secondarySettings({
      number,
      port: 0,
      centralUrls: [this.central.central.url],
      directory,
      statisticsDirectory: this.central.statisticsDirectory,
      settleMs: 0,
      rescanMs: 50,
      scrub,
    });
    const log = createLog((_level, event, fields) => void told.push({ event, fields }), 'debug');
    const running = await startSecondary(settings, { log, clock, random, signal: new AbortController().signal });
    this.#t.teardown(() => running[Symbol.asyncDispose]());
    return {
      ...running,
      told,
      folder: directory,
      scrub,
      bytesOf: name => readFile(join(directory, name)),
      count: event => told.filter(entry => entry.event === event).length,
      ask: (command, argument = '') =>
        answerOf(running.commands({ language: 'es', messages: messagesIn('es') }).find(({ name }) => name === command)!, argument),
    };
  }

  /** Stops the node, flips a bit in each of the places, and starts it again: it cannot see the file while it is written. */
  async rot(node: RottingNode, name: string, ...offsets: readonly number[]): Promise<RottingNode> {
    await node[Symbol.asyncDispose]();
    await rot(join(node.folder, name), ...offsets);
    return this.start(node.number, node.scrub);
  }

  folderOf(number: number): string {
    return join(this.central.directory, `videos${number}`);
  }

  async put(number: number, name: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.folderOf(number), { recursive: true });
    await writeFile(join(this.folderOf(number), name), bytes);
  }

  /** Who holds a whole replica, as the central knows it. */
  async holders(name: string): Promise<readonly number[]> {
    const { items } = await this.central.client().videos.list({});
    return items.find(video => video.name === name)?.nodes ?? [];
  }

  async whenHeldBy(name: string, copies: number): Promise<void> {
    await eventually(`${copies} nodes hold ${name}`, async () => (await this.holders(name)).length === copies, 30_000);
  }
}
