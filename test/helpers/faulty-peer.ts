import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { systemClock } from '../../lib/base/clock.ts';
import { silentLog } from '../../lib/base/log.ts';
import type { Manifest } from '../../lib/domain/manifest.ts';
import { createControlClient } from '../../lib/io/http/control-client.ts';
import { startFaultyServer, type Fault, type FaultyServer } from './faulty-server.ts';

export interface FaultyPeerOptions {
  readonly centralUrl: string;
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
  readonly fault: Fault;
  /** What it announces beside the name; without it, what it has. */
  readonly announces?: Pick<Manifest, 'id' | 'sizeBytes'>;
}

const RENEW_EVERY_MS = 3000;

/** A peer that the central reached, and that serves its one file as badly as told. */
export async function startFaultyPeer(t: Pick<ExecutionContext, 'teardown'>, { centralUrl, manifest, bytes, fault, announces = manifest }: FaultyPeerOptions): Promise<FaultyServer> {
  const identity = randomUUID();
  const server = await startFaultyServer(t, manifest, bytes, fault, { status: 'ok', peer: identity });
  const control = createControlClient([centralUrl], { log: silentLog });
  const { name } = manifest;
  const { id, sizeBytes } = announces;
  const { peer } = await control.client.peers.join({ ip: '127.0.0.1', port: Number(new URL(server.url).port), identity, files: [{ name, id, sizeBytes }] });
  const stop = new AbortController();
  const renewing = (async () => {
    while (!stop.signal.aborted) {
      await systemClock.sleep(RENEW_EVERY_MS, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted) await control.client.peers.update({ peer }).catch(() => undefined);
    }
  })();
  t.teardown(async () => {
    stop.abort();
    await renewing;
    await control[Symbol.asyncDispose]();
  });
  return server;
}
