import { isIP } from 'node:net';
import { createLog, type Log } from '../../base/log.ts';
import { napsterLine, napsterQuestions } from '../../base/messages/napster.ts';

const USUAL_IP = '127.0.0.1';
const USUAL_PORT = 1099;

export interface NapsterPlace {
  readonly ip: string;
  readonly port: number;
}

/** What is known of it from the flags. */
export type PlaceChoice = { readonly [Key in keyof NapsterPlace]: NapsterPlace[Key] | undefined };

export interface Asking {
  /** `ask` resolves with the answer, empty when the usual one is meant. */
  open(): Disposable & { ask(question: string): Promise<string> };
  print(line: string): void;
}

/** Asks for what the flags do not say, until the answers make sense. */
export async function askPlace({ ip, port }: PlaceChoice, { open, print }: Asking): Promise<NapsterPlace> {
  if (ip !== undefined && port !== undefined) return { ip, port };
  using questions = open();
  const { notAnIp, notAPort } = napsterQuestions;
  const asking = { ask: (question: string) => questions.ask(question), print };
  return {
    ip: ip ?? (await answerTo(napsterQuestions.ip(USUAL_IP), asking, { usual: USUAL_IP, parse: ipOf, refusal: notAnIp })),
    port: port ?? (await answerTo(napsterQuestions.port(USUAL_PORT), asking, { usual: USUAL_PORT, parse: portOf, refusal: notAPort })),
  };
}

/** Says two lines and nothing else: who joined with what, and who asked for what. */
export function napsterLog(print: (line: string) => void): Log {
  return createLog((_level, event, fields) => {
    const line = napsterLine(event, fields);
    if (line !== undefined) print(line);
  });
}

interface Answer<T> {
  readonly usual: T;
  readonly parse: (answer: string) => T | undefined;
  readonly refusal: string;
}

async function answerTo<T>(question: string, { ask, print }: { ask(question: string): Promise<string>; print(line: string): void }, { usual, parse, refusal }: Answer<T>): Promise<T> {
  for (;;) {
    const typed = await ask(question);
    const answer = typed === '' ? usual : parse(typed);
    if (answer !== undefined) return answer;
    print(refusal);
  }
}

function ipOf(typed: string): string | undefined {
  return isIP(typed) > 0 || typed === 'localhost' ? typed : undefined;
}

function portOf(typed: string): number | undefined {
  const port = Number(typed);
  return /^\d+$/.test(typed) && port >= 1 && port <= 65_535 ? port : undefined;
}
