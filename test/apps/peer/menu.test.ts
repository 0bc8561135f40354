import test from 'ava';
import type { CommandOutput } from '../../../lib/base/command.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { messagesIn } from '../../../lib/base/messages/index.ts';
import { peerMenu } from '../../../lib/apps/peer/menu.ts';
import type { PeerSession } from '../../../lib/apps/peer/session.ts';
import type { PeerPlace } from '../../../lib/apps/peer/settings.ts';

const messages = messagesIn('pt');
const { questions } = messages.peer;
const output: CommandOutput = { line: () => undefined, record: () => undefined, table: () => undefined };

/** Runs an order of the menu with these answers; tells what was asked, what was wrong, and what the session was told to do. */
async function choose(order: string, answers: readonly string[], { place = {}, refuses }: { readonly place?: Partial<PeerPlace>; readonly refuses?: VideoError } = {}) {
  const asked: string[] = [];
  const problems: string[] = [];
  const done: unknown[] = [];
  const assert = () => {
    if (refuses) throw refuses;
  };
  const session = {
    assertNotJoined: assert,
    assertCanDownload: assert,
    join: async (wanted: PeerPlace) => void done.push(wanted),
    search: async (name: string) => void done.push(name),
    download: async (address: string | undefined) => void done.push(address),
    leave: async () => void done.push('leave'),
  } as unknown as PeerSession;
  const rest = [...answers];
  const ask = async (question: string) => {
    asked.push(question);
    return rest.shift();
  };
  const menu = peerMenu(session, { place, messages, tellError: text => void problems.push(text) });
  await menu.find(({ name }) => name === order)!.run('', output, { ask, signal: new AbortController().signal });
  return { asked, problems, done };
}

test('JOIN asks for IP, port and folder only', async t => {
  const { asked, done } = await choose('JOIN', ['127.0.0.1', '8776', './p1']);
  t.deepEqual(asked, [questions.ip, questions.port, questions.directory]);
  t.deepEqual(done, [{ ip: '127.0.0.1', port: 8776, directory: './p1' }]);
});

test('JOIN does not ask for what the command line said; Enter takes the usual IP', async t => {
  t.deepEqual((await choose('JOIN', [], { place: { ip: '10.0.0.1', port: 0, directory: 'x' } })).asked, []);
  const { asked, done } = await choose('JOIN', ['', './p1'], { place: { port: 8776 } });
  t.deepEqual(asked, [questions.ip, questions.directory]);
  t.deepEqual(done, [{ ip: '127.0.0.1', port: 8776, directory: './p1' }]);
});

test('an answer that makes no sense is told, and asked for again', async t => {
  const { problems, done } = await choose('JOIN', ['casa', '::1', 'x', '70000', '-1', '8776', '', './p1']);
  t.deepEqual(problems, [messages.peer.problems.ip, ...Array.from({ length: 3 }, () => messages.peer.problems.port), messages.peer.problems.directory]);
  t.deepEqual(done, [{ ip: '::1', port: 8776, directory: './p1' }]);
});

test('SEARCH asks for the name only, which has to be one', async t => {
  const { asked, problems, done } = await choose('SEARCH', ['', '../x', '.x', 'El faro.mp4']);
  t.deepEqual(asked, Array.from({ length: 4 }, () => questions.name));
  t.is(problems.length, 3);
  t.deepEqual(done, ['El faro.mp4']);
});

test('DOWNLOAD asks for IP and port of the peer only; without an IP, for nothing more', async t => {
  const chosen = await choose('DOWNLOAD', ['127.0.0.1', '0', '8777']);
  t.deepEqual(chosen.asked, [questions.peerIp, questions.peerPort, questions.peerPort]);
  t.deepEqual(chosen.done, ['127.0.0.1:8777']);
  t.deepEqual((await choose('DOWNLOAD', ['2001:db8::0:1', '80'])).done, ['[2001:db8::1]:80']);
  const all = await choose('DOWNLOAD', ['']);
  t.deepEqual(all.asked, [questions.peerIp]);
  t.deepEqual(all.done, [undefined]);
});

test('when the input ends between two answers, nothing is done', async t => {
  for (const [order, answers] of [['JOIN', ['127.0.0.1', '8776']], ['SEARCH', []], ['DOWNLOAD', ['127.0.0.1']]] as const) {
    t.deepEqual((await choose(order, answers)).done, [], order);
  }
});

test('what cannot be done now is said before anything is asked', async t => {
  const refuses = new VideoError('not_joined', {});
  for (const order of ['JOIN', 'DOWNLOAD']) await t.throwsAsync(choose(order, ['x'], { refuses }), { is: refuses });
  t.deepEqual((await choose('LEAVE', [])).done, ['leave']);
});
