import test from 'ava';
import { limits } from '../../../lib/protocol/limits.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { eventually } from '../../helpers/eventually.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const faro = manifestOf(randomBytes(3_000_000, 1), 'faro.mp4');
const { id, name, sizeBytes } = faro;
const LONG_MS = 600_000;
/** On a busy machine, too, nobody falls silent and no ticket runs out. */
const PATIENT = { ticketLeaseMs: LONG_MS, failureDetector: { suspectAfterMs: LONG_MS, downAfterMs: LONG_MS, startGraceMs: LONG_MS } };

test('where nothing goes on, nothing is told', async t => {
  const site = await CentralSite.open(t);
  t.deepEqual(await site.client().activity.get(), { repairs: { files: 0, ordered: 0, copies: [] }, downloads: { running: 0, waiting: 0, granted: [], line: [] } });
});

test('a copy is told from its order on: who makes it, from whom, how far it is, how fast and how long it will take', async t => {
  const site = await CentralSite.open(t, { ...PATIENT, replicas: 2 });
  const central = site.client();
  const [holder, copier] = [await site.node({ number: 1 }), await site.node({ number: 2 })];
  holder.hold(faro);
  await holder.join(central);
  await copier.join(central);
  await eventually('it is ordered', async () => (await copier.beat(central)).orders.length > 0);
  t.deepEqual((await central.activity.get()).repairs, { files: 1, ordered: 1, copies: [{ id, name, sizeBytes, from: [1], to: 2 }] });

  const copyAt = async (doneBytes: number) => {
    await holder.beat(central);
    await copier.beat(central, { copying: [{ id, name, sizeBytes, doneBytes }] });
    const [copy] = (await central.activity.get()).repairs.copies;
    return copy?.doneBytes === doneBytes ? copy : undefined;
  };
  await eventually('it has begun', () => copyAt(1_000_000));
  let doneBytes = 1_000_000;
  const copy = await eventually('its rate is known', async () => {
    doneBytes += 1000;
    const now = await copyAt(doneBytes);
    return now?.bytesPerSecond === undefined ? undefined : now;
  });
  t.like(copy, { id, name, sizeBytes, from: [1], to: 2, doneBytes });
  t.true(copy.bytesPerSecond! > 0 && copy.leftMs! >= 1000);

  copier.hold(faro);
  await copier.join(central);
  await eventually('nothing is left to do', async () => {
    await Promise.all([holder.beat(central), copier.beat(central)]);
    site.clock.forward(limits.lackingFreshMs + 1);
    const { files, ordered } = (await central.activity.get()).repairs;
    return files === 0 && ordered === 0;
  });
});

test('files without enough replicas are counted, also where nobody can copy them', async t => {
  const site = await CentralSite.open(t, { ...PATIENT, replicas: 3 });
  const node = await site.node({ number: 1 });
  node.hold(faro, manifestOf(randomBytes(1000, 2), 'costa.mp4'));
  await node.join(site.client());
  t.like(await site.client().activity.get(), { repairs: { files: 2, ordered: 0 } });
});

test('downloads are told in order of arrival, those that run and those that wait, with their place and for how long', async t => {
  const site = await CentralSite.open(t, { ...PATIENT, maxDownloads: 1 });
  const central = site.client();
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(central);
  const tickets = [];
  for (const client of ['ana', 'beto', 'carla']) tickets.push(await central.tickets.open({ client, name }));
  await central.tickets.progress({ ticketId: tickets[0]!.ticketId, doneBytes: 7, problems: [] });
  site.clock.forward(5000);
  const { running, waiting, granted, line } = (await central.activity.get()).downloads;
  t.deepEqual([running, waiting], [1, 2]);
  t.like(granted, [{ client: 'ana', name, waitedMs: 0, doneBytes: 7, sizeBytes }]);
  t.true(granted[0]!.runningMs >= 5000);
  t.deepEqual(line.map(({ client, position }) => `${position} ${client}`), ['1 beto', '2 carla']);
  t.true(line.every(({ waitedMs }) => waitedMs >= 5000));
  await central.tickets.close({ ticketId: tickets[0]!.ticketId, outcome: 'done', elapsedMs: 1, receivedBytes: 7 });
  t.like((await central.activity.get()).downloads, { running: 1, waiting: 1, granted: [{ client: 'beto' }], line: [{ client: 'carla', position: 1 }] });
});

test('of a long line the first are told, and how many there are', async t => {
  const site = await CentralSite.open(t, { ...PATIENT, maxDownloads: 1 });
  const central = site.client();
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(central);
  const clients = Array.from({ length: limits.activityListed + 5 }, (_, index) => `client ${index}`);
  for (const client of clients) await central.tickets.open({ client, name });
  const { running, waiting, line } = (await central.activity.get()).downloads;
  t.deepEqual([running, waiting, line.length], [1, clients.length - 1, limits.activityListed]);
  t.is(line.at(-1)!.client, clients[limits.activityListed]!);
});
