import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { openSharing } from '../../../lib/apps/sharing/sharing.ts';
import type { SharingSettings } from '../../../lib/apps/sharing/settings.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { createLog } from '../../../lib/base/log.ts';
import type { ControlClient } from '../../../lib/protocol/control.ts';
import { eventually } from '../../helpers/eventually.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** Somebody who shares, with a registry that answers as told. */
async function openSharer(t: ExecutionContext, ips: SharingSettings['ips'] = ['127.0.0.1']) {
  const state = { isReachable: true, isAway: false };
  const peers = new Set<string>();
  const answer = () => {
    if (state.isAway) throw new VideoError('central_unreachable', { address: 'x' });
    return { leaseMs: 60, isReachable: state.isReachable };
  };
  const registry = {
    async join({ port }: { readonly port: number }) {
      const joined = { peer: randomUUID(), address: `127.0.0.1:${port}`, ...answer() };
      peers.add(joined.peer);
      return joined;
    },
    update: async () => answer(),
    leave: async ({ peer }: { readonly peer: string }) => void peers.delete(peer),
  } as unknown as ControlClient['peers'];
  const told: string[] = [];
  const log = createLog((_level, event) => void told.push(event), 'info');
  const settings = { directory: await temporaryDirectory(t), ips, port: 0, maxUploads: 8, uploadBytesPerSecond: undefined };
  const begin = async () => {
    const sharing = await openSharing(settings, { registry, centralUrl: 'x', log, signal: new AbortController().signal });
    t.teardown(() => sharing[Symbol.asyncDispose]());
    return sharing;
  };
  return { state, peers, told, begin };
}

test('who cannot be reached is told so once, and where it is found when it can', async t => {
  const { state, told, begin } = await openSharer(t);
  state.isReachable = false;
  const sharing = await begin();
  await eventually('it is told', () => told.length === 1);
  state.isReachable = true;
  await eventually('it is found', () => told.length === 2);
  await sharing.end();
  t.deepEqual(told, ['peer.unreachable', 'sharing.started', 'sharing.ended']);
});

test('a central that is away is nobody\'s business but the downloads\', and sharing begins when it is there', async t => {
  const { state, peers, told, begin } = await openSharer(t);
  state.isAway = true;
  const sharing = await begin();
  t.is(sharing.address, undefined);
  state.isAway = false;
  await eventually('it joined', () => sharing.address);
  t.is(peers.size, 1);
  t.deepEqual(await sharing.end(), { bytes: 0, peers: 0 });
  t.deepEqual(await sharing.end(), { bytes: 0, peers: 0 });
  t.is(peers.size, 0);
  t.deepEqual(told, ['sharing.started', 'sharing.ended']);
});

test('nothing is told of sharing that never began', async t => {
  const { state, told, begin } = await openSharer(t);
  state.isAway = true;
  const sharing = await begin();
  t.deepEqual(await sharing.end(), { bytes: 0, peers: 0 });
  t.deepEqual(told, []);
});

test('of several addresses the first that this machine has is the one where others are served', async t => {
  const { begin } = await openSharer(t, ['192.0.2.1', '127.0.0.1', '127.0.0.2']);
  const sharing = await begin();
  const address = await eventually('it joined', () => sharing.address);
  t.is((await fetch(`http://${address}/health`)).status, 200);
  const elsewhere = await openSharer(t, ['192.0.2.1']);
  await t.throwsAsync(elsewhere.begin(), { code: 'address_unavailable' } as object);
});
