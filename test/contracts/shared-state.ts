import type { ExecutionContext, TestFn } from 'ava';
import type { Catalog } from '../../lib/domain/catalog.ts';
import type { HeardNode } from '../../lib/domain/node-reports.ts';

const LONG_MS = 3_600_000;

/** The promises of `lib/domain/lease.ts` and `lib/domain/node-reports.ts`. A lease of 0 ms has run out when it is given. */
export function sharedStateContract(test: TestFn, kind: string, open: (t: ExecutionContext) => Promise<Catalog>): void {
  const promise = (title: string, prove: (t: ExecutionContext, catalog: Catalog) => Promise<void>) => {
    test(`${kind}: ${title}`, async t => {
      await using catalog = await open(t);
      await prove(t, catalog);
    });
  };

  promise('a lease is one holder’s until it runs out or is released, and its fence only grows', async (t, { leases }) => {
    const first = await leases.acquire('repair', 'a', LONG_MS);
    t.deepEqual(first, { name: 'repair', holder: 'a', fence: 1 });
    t.is(await leases.acquire('repair', 'b', LONG_MS), undefined);
    t.like(await leases.acquire('another', 'b', LONG_MS), { fence: 1 }, 'leases of other names are others');
    t.true(await leases.renew(first!, LONG_MS));
    await leases.release(first!);
    t.false(await leases.renew(first!, LONG_MS), 'what was released is nobody’s');
    t.like(await leases.acquire('repair', 'b', 0), { holder: 'b', fence: 2 });
    t.like(await leases.acquire('repair', 'a', LONG_MS), { holder: 'a', fence: 3 });
  });

  promise('a holder that wakes with a stale fence is refused everything', async (t, { leases }) => {
    const asleep = (await leases.acquire('repair', 'a', 0))!;
    t.true(await leases.leave(asleep, 'mine'), 'nobody took it yet');
    const next = (await leases.acquire('repair', 'b', LONG_MS))!;
    t.is(await leases.read('repair'), 'mine');
    t.true(await leases.leave(next, 'yours'));
    t.false(await leases.renew(asleep, LONG_MS));
    t.false(await leases.leave(asleep, 'mine again'));
    await leases.release(asleep);
    t.is(await leases.read('repair'), 'yours');
    t.is(await leases.acquire('repair', 'c', LONG_MS), undefined, 'a stale release frees nothing');
    t.true(await leases.renew(next, LONG_MS));
  });

  promise('a holder that forgot its lease gets it again under a new fence, and its old self is refused', async (t, { leases }) => {
    const before = (await leases.acquire('repair', 'a', LONG_MS))!;
    const after = (await leases.acquire('repair', 'a', LONG_MS))!;
    t.true(after.fence > before.fence);
    t.false(await leases.leave(before, 'old'));
    t.true(await leases.leave(after, 'new'));
  });

  promise('of many who ask for a lease at once one gets it', async (t, { leases }) => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => leases.acquire('repair', `central ${index}`, LONG_MS)));
    t.is(answers.filter(Boolean).length, 1);
    t.is(await leases.read('nobody’s'), '');
  });

  promise('centrals read what the others heard of the nodes, and not what they heard themselves', async (t, { nodeReports }) => {
    await nodeReports.save('a', [heard(2), heard(1, { isReachable: false })]);
    t.deepEqual(await nodeReports.heardByOthers('a', LONG_MS), []);
    const others = await nodeReports.heardByOthers('b', LONG_MS);
    t.deepEqual(others.map(({ report, isReachable }) => [report, isReachable]), [[heard(1).report, false], [heard(2).report, true]]);
    t.true(others.every(({ ageMs }) => ageMs >= 0 && ageMs < LONG_MS));
    await nodeReports.save('b', [heard(2, { freeBytes: 7 })]);
    t.deepEqual((await nodeReports.heardByOthers('a', LONG_MS)).map(({ report }) => report.freeBytes), [7]);
    await nodeReports.save('a', []);
  });

  promise('the last word about a node counts, whoever writes it last', async (t, { nodeReports }) => {
    await nodeReports.save('a', [heard(1, { freeBytes: 2 })]);
    await nodeReports.save('b', [heard(1, { freeBytes: 1, ageMs: LONG_MS })]);
    t.deepEqual((await nodeReports.heardByOthers('c', LONG_MS)).map(({ report }) => report.freeBytes), [2]);
    await nodeReports.save('b', [heard(3, { ageMs: 2 * LONG_MS })]);
    t.deepEqual((await nodeReports.heardByOthers('c', LONG_MS)).map(({ report }) => report.number), [1], 'old ones are not told');
  });
}

function heard(number: number, { isReachable = true, freeBytes = 5, ageMs = 0 } = {}): HeardNode {
  const copying = [{ id: 'a'.repeat(64), name: 'café "1".mp4' }];
  const report = { number, identity: `node ${number}`, url: `http://127.0.0.1:${number}`, freeBytes, totalBytes: 9, files: 1, activeRequests: 0, copying, receiving: [] };
  return { report, isReachable, ageMs };
}
