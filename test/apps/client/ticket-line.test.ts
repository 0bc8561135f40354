import test, { type ExecutionContext } from 'ava';
import { TicketLine } from '../../../lib/apps/client/ticket-line.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { silentLog } from '../../../lib/base/log.ts';
import { createControlClient } from '../../../lib/io/http/control-client.ts';
import { startControlServer } from '../../../lib/io/http/control-server.ts';
import type { Ticket } from '../../../lib/protocol/control.ts';
import { routerThat } from '../../helpers/control-router.ts';
import { ForwardClock } from '../../helpers/forward-clock.ts';

const TICKET = '11111111-2222-4333-8444-555555555555';
const leases = { leaseMs: 10_000, pollMs: 1 };
const waiting: Ticket = { state: 'waiting', ticketId: TICKET, position: 1, ...leases };
const granted: Ticket = { state: 'granted', ticketId: TICKET, id: '0'.repeat(64), name: 'faro.mp4', sizeBytes: 1, sources: [{ node: 1, url: 'http://127.0.0.1:1' }], ...leases };

/** A line at a central that answers each question with the next of those; a second passes between two. */
async function lineAt(t: ExecutionContext, answers: Iterator<Ticket | VideoError>) {
  const clock = new ForwardClock();
  const stop = new AbortController();
  const server = await startControlServer(
    { ip: '127.0.0.1', port: 0 },
    routerThat(() => {
      clock.forward(1000);
      const { value } = answers.next() as IteratorYieldResult<Ticket | VideoError>;
      if (value instanceof VideoError) throw value;
      return value;
    }),
    { log: silentLog },
  );
  const control = createControlClient([server.url], { log: silentLog });
  t.teardown(async () => {
    stop.abort();
    await control[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const line = await TicketLine.open('faro.mp4', {
    control: control.client,
    clientName: 'ana',
    centralUrl: server.url,
    clock,
    log: silentLog,
    signal: stop.signal,
  });
  return { line, clock };
}

function* first(...answers: readonly (Ticket | VideoError)[]): Generator<Ticket | VideoError, never> {
  yield* answers;
  for (;;) yield answers.at(-1)!;
}

const passing = [
  new VideoError('internal', { reason: 'see the log of the central' }),
  new VideoError('catalog_unavailable', { url: 'sqlite:' }),
  new VideoError('file_not_found', { name: 'faro.mp4', near: [] }),
  new VideoError('no_sources', { name: 'faro.mp4', nodes: [1] }),
  new VideoError('line_full', { waiting: 10_000 }),
];

test('who waits in line gets its turn after whatever passes', async t => {
  const { line } = await lineAt(t, first(waiting, ...passing, waiting, granted));
  t.is((await line.granted()).id, granted.id);
});

test('a download that runs goes on whatever the central answers, and learns the sources of later', async t => {
  const moved: Ticket = { ...granted, sources: [{ node: 2, url: 'http://127.0.0.1:2' }] };
  const refused = new VideoError('unauthorized', {});
  const { line } = await lineAt(t, first(granted, ...passing, refused, new VideoError('ticket_not_found', { ticketId: TICKET }), refused, moved));
  await line.granted();
  const sources = line.offers(() => ({ doneBytes: 0, problems: [] }));
  t.deepEqual((await sources.next()).value, { nodes: granted.sources, peers: [] });
  t.deepEqual((await sources.next()).value, { nodes: moved.sources, peers: [] });
  await sources.return(undefined);
});

test('who was granted a file that nobody has by then learns that, and who has it later', async t => {
  const { line } = await lineAt(t, first(waiting, { ...granted, sources: [] }, granted, { ...granted, sources: [] }));
  await line.granted();
  const sources = line.offers(() => ({ doneBytes: 0, problems: [] }));
  t.deepEqual((await sources.next()).value, { nodes: [], peers: [] });
  t.deepEqual((await sources.next()).value, { nodes: granted.sources, peers: [] });
  await sources.return(undefined);
});

test('a download that runs is given each new token', async t => {
  const withToken = (token: string): Ticket => ({ ...granted, sources: [{ ...granted.sources[0]!, token }] });
  const { line } = await lineAt(t, first(withToken('a.b.c'), withToken('a.b.c'), withToken('d.e.f')));
  await line.granted();
  const sources = line.offers(() => ({ doneBytes: 0, problems: [] }));
  for (const token of ['a.b.c', 'd.e.f']) t.like(await sources.next(), { value: { nodes: [{ node: 1, token }] } });
  await sources.return(undefined);
});

test('who waits for what is gone for good is told so after the grace of a start', async t => {
  for (const gone of passing.filter(({ code }) => code === 'file_not_found' || code === 'no_sources')) {
    const { line, clock } = await lineAt(t, first(waiting, gone));
    const startedAtMs = clock.now();
    await t.throwsAsync(line.granted(), { code: gone.code });
    const tookS = (clock.now() - startedAtMs) / 1000;
    t.true(tookS >= 60 && tookS < 90, String(tookS));
  }
});

test('who waits is told at once what will not pass', async t => {
  const { line } = await lineAt(t, first(waiting, new VideoError('unauthorized', {})));
  await t.throwsAsync(line.granted(), { code: 'unauthorized' });
});
