import { join } from 'node:path';
import test from 'ava';
import { PeerCrowd } from '../../bench/peer-crowd.ts';
import { freePort, MeasuredProcess } from '../../bench/harness.ts';
import { limits } from '../../lib/protocol/limits.ts';
import { eventually } from '../helpers/eventually.ts';
import { metricsAt } from '../helpers/metrics-text.ts';
import { binaryOf } from '../helpers/programs.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const PEERS = 10_000;
const FILES_PER_PEER = 20;
const PATIENCE_MS = 120_000;
/** Twice what it takes. */
const FULL_MAX_MIB = 800;
/** What an engine keeps for what may come. */
const KEPT_MAX_MIB = 200;

test('of ten thousand peers that join, leave and die nobody dead is offered after its lease, and the memory comes back', async t => {
  t.timeout(5 * PATIENCE_MS);
  const folder = await temporaryDirectory(t);
  const port = await freePort();
  const places = ['--puerto', String(port), '--datos', join(folder, 'datos'), '--estadisticas', join(folder, 'stats')];
  await using central = new MeasuredProcess(process.execPath, [binaryOf('videocentral'), '--sin-consola', ...places]);
  await central.firstLine();
  // What it tells is read, as a terminal would.
  void central.ended(5 * PATIENCE_MS);
  const emptyMib = await central.rssMib();
  const centralUrl = `http://127.0.0.1:${port}`;
  using crowd = new PeerCrowd({ centralUrl, filesPerPeer: FILES_PER_PEER, renewEveryMs: limits.peerLeaseMs / 3, atOnce: 32 });
  const isAlone = async () => (await metricsAt(centralUrl)).get('videopartes_peers{state="reached"}') === crowd.living;

  await crowd.order({ join: PEERS });
  await eventually('all are there', isAlone, PATIENCE_MS);
  await crowd.order({ leave: 1000, die: 4000, change: 500, join: 1000 });
  for (;;) {
    // Who left is not offered from now on, who died may be.
    const { deadOffered } = await crowd.searchAll();
    t.is(deadOffered, 0);
    if (await isAlone()) break;
    await crowd.order({ leave: 20, change: 20, join: 20 });
  }
  const living = crowd.living;
  const { found, deadOffered } = await crowd.searchAll();
  t.is(deadOffered, 0);
  // On a machine that is very busy a lease may end meanwhile.
  t.true(found.size <= living && found.size >= crowd.living, 'all who live are found, and nobody else');

  await crowd.order({ leave: crowd.living });
  await eventually('nothing is left', async () => (await isAlone()) && (await metricsAt(centralUrl)).get('videopartes_peer_names') === 0, PATIENCE_MS);
  if (emptyMib !== undefined) {
    t.true((await central.peakRssMib())! <= FULL_MAX_MIB);
    await eventually('the memory is given back', async () => (await central.rssMib())! <= emptyMib + KEPT_MAX_MIB, PATIENCE_MS);
    t.log(`${emptyMib} MiB when it began, ${await central.peakRssMib()} at the most, ${await central.rssMib()} when all were gone`);
  }
});
