import type { CommandOutput } from '../../base/command.ts';
import type { VideoError } from '../../base/errors.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import { errorSentence } from '../../base/messages/sentence.ts';
import type { GetResult } from './get.ts';
import type { OrderOutcomes } from './order-outcomes.ts';
import { reportLines } from './report.ts';
import { withoutTimeline } from './statistics.ts';

export interface DownloadTellerPorts {
  readonly language: Language;
  readonly messages: Messages;
  readonly output: CommandOutput;
  /** With `--json`, instead of lines for people. */
  readonly tellProgram: ((value: object) => void) | undefined;
  readonly tellError: (text: string) => void;
}

/** Says how downloads ended: a report for people, or the last events of `docs/json-events.md`. */
export class DownloadTeller {
  readonly #ports: DownloadTellerPorts;

  constructor(ports: DownloadTellerPorts) {
    this.#ports = ports;
  }

  ended({ record, error }: GetResult): void {
    const { tellProgram, output, language, messages } = this.#ports;
    if (tellProgram) tellProgram({ event: record.outcome, name: record.name, ...(error && { error: error.code }), record: withoutTimeline(record) });
    else for (const line of reportLines(record, language, messages)) output.line(line);
  }

  /** There is no record of it. People learn why from `trouble`. */
  notBegun(name: string, { code }: VideoError): void {
    this.#ports.tellProgram?.({ event: code === 'cancelled' ? 'cancelled' : 'failed', name, error: code });
  }

  /** On the error stream; `place` is where the person asked for it, as a line of a list. */
  trouble(error: VideoError, place?: string): void {
    const { tellError, messages } = this.#ports;
    tellError((place === undefined ? '' : `${place}: `) + errorSentence(messages, error));
  }

  /** A player can open the URL now. */
  playable(name: string, url: string): void {
    const { tellProgram, output, messages } = this.#ports;
    if (tellProgram) tellProgram({ event: 'playable', name, url });
    else output.line(messages.client.playable(name, url));
  }

  /** Though it is whole the program goes on. */
  stillPlayable(name: string): void {
    const { tellProgram, output, messages } = this.#ports;
    if (!tellProgram) output.line(messages.client.stillPlayable(name));
  }

  summary(outcomes: OrderOutcomes): void {
    const { tellProgram, output, messages } = this.#ports;
    const { failed, total, areAllDone } = outcomes;
    if (tellProgram) tellProgram({ event: 'summary', ...outcomes.names, failed: failed.map(({ name, error }) => ({ name, error: error.code })) });
    else if (areAllDone && total > 1) output.line(messages.client.allDone(total));
  }
}
