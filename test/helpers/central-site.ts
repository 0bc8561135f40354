import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { startCentral, type RunningCentral } from '../../lib/apps/central/central.ts';
import { centralSettings, type CentralChoices } from '../../lib/apps/central/settings.ts';
import type { EventFields, EventName } from '../../lib/base/events.ts';
import { createLog, silentLog } from '../../lib/base/log.ts';
import { messagesIn } from '../../lib/base/messages/index.ts';
import { createControlClient } from '../../lib/io/http/control-client.ts';
import type { ControlClient, Ticket } from '../../lib/protocol/control.ts';
import { answerOf } from './collected-output.ts';
import { FakeNode, type FakeNodeOptions } from './fake-node.ts';
import { ForwardClock } from './forward-clock.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A central in this process, over real HTTP, with what it needs to be stopped and started again. */
export class CentralSite {
  readonly clock: ForwardClock;
  /** What its centrals told, in order. */
  readonly events: { readonly event: EventName; readonly fields: EventFields[EventName] }[] = [];
  readonly directory: string;
  readonly #t: ExecutionContext;
  readonly #choices: CentralChoices;
  #central!: RunningCentral;

  private constructor(t: ExecutionContext, directory: string, choices: CentralChoices, clock: ForwardClock) {
    this.#t = t;
    this.directory = directory;
    this.#choices = choices;
    this.clock = clock;
  }

  /** With a central that runs. */
  static async open(t: ExecutionContext, choices: CentralChoices = {}, clock = new ForwardClock()): Promise<CentralSite> {
    const directory = await temporaryDirectory(t);
    const site = new CentralSite(t, directory, choices, clock);
    await mkdir(site.statisticsDirectory);
    await site.start();
    return site;
  }

  get statisticsDirectory(): string {
    return join(this.directory, 'stats');
  }

  get central(): RunningCentral {
    return this.#central;
  }

  async start(): Promise<RunningCentral> {
    const settings = centralSettings({
      port: 0,
      dataDirectory: join(this.directory, 'datos'),
      statisticsDirectory: this.statisticsDirectory,
      tickMs: 10,
      repairDelayMs: 0,
      ...this.#choices,
    });
    const log = createLog((_level, event, fields) => void this.events.push({ event, fields }), 'debug');
    const central = await startCentral(settings, { log, clock: this.clock });
    this.#t.teardown(() => central[Symbol.asyncDispose]());
    this.#central = central;
    return central;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#central[Symbol.asyncDispose]();
  }

  /** Of the central that runs now. */
  client({ secret = this.#central.secret }: { readonly secret?: string | undefined } = {}): ControlClient {
    const connection = createControlClient([`http://127.0.0.1:${this.#central.port}`], { log: silentLog, secret });
    this.#t.teardown(() => connection[Symbol.asyncDispose]());
    return connection.client;
  }

  node(options: FakeNodeOptions): Promise<FakeNode> {
    return FakeNode.start(this.#t, options);
  }

  /** How often it told this. */
  count(event: EventName): number {
    return this.events.filter(entry => entry.event === event).length;
  }

  /** What a command of the console shows, as `a|b` lines. */
  ask(name: string, argument = ''): Promise<readonly string[]> {
    return answerOf(this.#central.commands({ language: 'es', messages: messagesIn('es') }).find(command => command.name === name)!, argument);
  }
}

/** How a ticket stands: its place in line, or 0 when it was granted. */
export function placeOf(ticket: Ticket): number {
  return ticket.state === 'waiting' ? ticket.position : 0;
}
