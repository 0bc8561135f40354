import { systemClock } from '../../../lib/base/clock.ts';
import { createLog } from '../../../lib/base/log.ts';
import { createControlClient } from '../../../lib/io/http/control-client.ts';
import type { ControlClient } from '../../../lib/protocol/control.ts';
import type { Teardown } from '../programs.ts';

/** One thing that was asked, as who asked saw it. */
export interface Call {
  readonly what: string;
  readonly begunAtMs: number;
  /** Infinity until then. */
  endedAtMs: number;
  /** Centrals that were asked and gave no answer. */
  readonly unansweredBy: string[];
  failure: unknown;
}

/** A client with a connection of its own, that asks one thing at a time and keeps account of it. */
export class Caller {
  readonly name: string;
  readonly control: ControlClient;
  readonly calls: Call[] = [];

  /** `urls`: every central that it knows, the one to be asked first at the head. */
  constructor(t: Teardown, name: string, urls: readonly string[]) {
    const log = createLog((_level, _event, fields) => {
      // Whom a request was sent to in vain.
      if ('operation' in fields && urls.includes(fields.operation)) this.calls.at(-1)?.unansweredBy.push(fields.operation);
    }, 'debug');
    const connection = createControlClient(urls, { log });
    t.teardown(() => connection[Symbol.asyncDispose]());
    this.name = name;
    this.control = connection.client;
  }

  /** Undefined when it failed. */
  async call<T>(what: string, ask: (control: ControlClient) => Promise<T>): Promise<T | undefined> {
    const call: Call = { what, begunAtMs: systemClock.now(), endedAtMs: Infinity, unansweredBy: [], failure: undefined };
    this.calls.push(call);
    try {
      return await ask(this.control);
    } catch (error) {
      call.failure = error;
      return undefined;
    } finally {
      call.endedAtMs = systemClock.now();
    }
  }
}
