import type { Ask, Command } from '../../base/command.ts';
import type { Messages } from '../../base/messages/index.ts';
import { isFileName } from '../../domain/file.ts';
import type { PeerSession } from './session.ts';
import { addressOf, parseIp, parsePort, type PeerPlace } from './settings.ts';

export interface MenuOptions {
  /** What the command line gave; a person is asked for the rest. */
  readonly place: Partial<PeerPlace>;
  readonly messages: Messages;
  /** What is wrong with an answer, before it is asked for again. */
  readonly tellError: (text: string) => void;
}

const USUAL_IP = '127.0.0.1';

/** JOIN, SEARCH, DOWNLOAD and LEAVE, which ask for what they need, a line each. When no line comes any more, nothing is done. */
export function peerMenu(session: PeerSession, options: MenuOptions): readonly Command[] {
  const { place, messages, tellError } = options;
  const { commands, questions, problems } = messages.peer;

  async function answerTo<T>(ask: Ask, question: string, problem: string, parse: (typed: string) => T | undefined): Promise<T | undefined> {
    for (;;) {
      const typed = await ask(question);
      if (typed === undefined) return undefined;
      const answer = parse(typed);
      if (answer !== undefined) return answer;
      tellError(problem);
    }
  }

  return [
    {
      name: 'JOIN',
      help: commands.join,
      async run(_argument, output, { ask, signal }) {
        session.assertNotJoined();
        const ip = place.ip ?? (await answerTo(ask, questions.ip, problems.ip, typed => parseIp(typed || USUAL_IP)));
        if (ip === undefined) return;
        const port = place.port ?? (await answerTo(ask, questions.port, problems.port, typed => parsePort(typed)));
        if (port === undefined) return;
        const directory = place.directory ?? (await answerTo(ask, questions.directory, problems.directory, typed => typed || undefined));
        if (directory !== undefined) await session.join({ ip, port, directory }, output, signal);
      },
    },
    {
      name: 'SEARCH',
      help: commands.search,
      async run(_argument, output, { ask, signal }) {
        const name = await answerTo(ask, questions.name, problems.name, typed => (isFileName(typed) ? typed : undefined));
        if (name !== undefined) await session.search(name, output, signal);
      },
    },
    {
      name: 'DOWNLOAD',
      help: commands.download,
      async run(_argument, output, { ask, signal }) {
        session.assertCanDownload();
        const ip = await answerTo(ask, questions.peerIp, problems.ip, typed => (typed === '' ? typed : parseIp(typed)));
        if (ip === undefined) return;
        if (ip === '') return session.download(undefined, output, signal);
        const port = await answerTo(ask, questions.peerPort, problems.port, typed => parsePort(typed, 1));
        if (port !== undefined) await session.download(addressOf(ip, port), output, signal);
      },
    },
    { name: 'LEAVE', help: commands.leave, run: () => session.leave() },
  ];
}
