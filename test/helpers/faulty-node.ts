import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { systemClock } from '../../lib/base/clock.ts';
import { silentLog } from '../../lib/base/log.ts';
import type { Manifest } from '../../lib/domain/manifest.ts';
import { createControlClient } from '../../lib/io/http/control-client.ts';
import { startFaultyServer, type Fault, type FaultyServer } from './faulty-server.ts';

export interface FaultyNodeOptions {
  readonly number: number;
  readonly centralUrl: string;
  /** Where the central asks for one. */
  readonly secret?: string | undefined;
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
  readonly fault: Fault;
}

const HEARTBEAT_EVERY_MS = 1000;

/** A secondary that the central trusts, and that serves its one file as badly as told. */
export async function startFaultyNode(t: Pick<ExecutionContext, 'teardown'>, { number, centralUrl, secret, manifest, bytes, fault }: FaultyNodeOptions): Promise<FaultyServer> {
  const identity = randomUUID();
  const server = await startFaultyServer(t, manifest, bytes, fault, { status: 'ok', number, identity });
  const control = createControlClient([centralUrl], { secret, log: silentLog });
  const stop = new AbortController();
  const inventoryId = randomUUID();
  let fromRevision = 0;
  const beat = async () => {
    const { id, name, sizeBytes } = manifest;
    const { revision } = await control.client.nodes.heartbeat({
      number,
      identity,
      version: 'faulty',
      port: Number(new URL(server.url).port),
      freeBytes: 0,
      totalBytes: 0,
      files: 1,
      activeRequests: 0,
      copying: [],
      inventory: {
        inventoryId,
        fromRevision,
        toRevision: 1,
        isComplete: true,
        added: fromRevision === 0 ? [{ id, name, sizeBytes }] : [],
        removed: [],
      },
    });
    fromRevision = revision;
  };
  await beat();
  await control.client.manifests.put({ ...manifest, partHashes: [...manifest.partHashes] });
  const beating = (async () => {
    for (;;) {
      await systemClock.sleep(HEARTBEAT_EVERY_MS, { signal: stop.signal });
      await beat();
    }
  })().catch(() => undefined);
  t.teardown(async () => {
    stop.abort();
    await beating;
    await control[Symbol.asyncDispose]();
  });
  return server;
}
