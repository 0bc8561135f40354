import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { CloseStack } from '../lib/base/close.ts';
import { GIB } from '../lib/base/units.ts';
import { limits } from '../lib/protocol/limits.ts';
import { makeCatalog } from './catalog-names.ts';
import { binOf } from './cluster.ts';
import { freePort, MeasuredProcess } from './harness.ts';

export interface LibraryCentral extends AsyncDisposable {
  readonly central: MeasuredProcess;
  readonly url: string;
}

/** Those that `makeCatalog` names as holders. */
const NODES = [1, 2, 3];
const LOOK_EVERY_MS = 200;

/**
 * A central as a real process, whose catalogue in `folder` has so many videos, each a content of its own, of a known type and
 * duration; every third has a title. Three nodes say that they hold them all; they have no bytes to give.
 */
export async function startLibrary(folder: string, videos: number): Promise<LibraryCentral> {
  const opened = new CloseStack();
  try {
    const data = join(folder, 'datos');
    await mkdir(data);
    const inventoryIds = NODES.map(() => randomUUID());
    await makeCatalog(join(data, 'catalogo.sqlite'), videos);
    giveContents(join(data, 'catalogo.sqlite'), inventoryIds);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const flags = ['--puerto', String(port), '--datos', data, '--estadisticas', join(folder, 'stats'), '--sin-consola'];
    const central = opened.use(new MeasuredProcess(process.execPath, [binOf('videocentral'), ...flags]));
    await central.firstLine();
    for (const [index, number] of NODES.entries()) opened.use(await startNode(url, number, inventoryIds[index]!, videos));
    while ((await (await fetch(`${url}/health`)).json() as { readonly nodes: number }).nodes < NODES.length) await sleep(LOOK_EVERY_MS);
    return { central, url, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

function giveContents(path: string, inventoryIds: readonly string[]): void {
  const database = new Database(path);
  try {
    database.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN;
      UPDATE videos SET file_id = printf('%04x%060x', seq * 40503 % 65536, seq);
      DELETE FROM manifests;
      INSERT INTO manifests (id, name, size_bytes, part_size_bytes, sha256, created_at_ms, part_hashes)
        SELECT file_id, name, size_bytes, 1048576, file_id, added_at_ms, x'00' FROM videos;
      INSERT INTO details (file_id, content_type, duration_ms, width, height, title)
        SELECT file_id, 'video/mp4', seq * 7919 % 7200000, 1920, 1080, CASE WHEN seq % 3 = 0 THEN 'Lo que vimos ' || substr(name, 1, 20) END FROM videos;
    `);
    for (const [index, number] of NODES.entries()) {
      const id = inventoryIds[index]!;
      database.exec(`
        INSERT INTO replicas (node, name, file_id, size_bytes, inventory_id) SELECT ${number}, name, file_id, size_bytes, '${id}' FROM videos;
        INSERT INTO inventories (node, inventory_id, revision, is_complete) SELECT ${number}, '${id}', count(*), 1 FROM videos;
      `);
    }
    database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}

/** An address that answers, and heartbeats in which nothing is new. */
async function startNode(central: string, number: number, inventoryId: string, files: number): Promise<AsyncDisposable> {
  const identity = randomUUID();
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/health' ? 200 : 404;
    response.end(JSON.stringify({ status: 'ok', number, identity }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const inventory = { inventoryId, fromRevision: files, toRevision: files, isComplete: true, added: [], removed: [] };
  const { port } = server.address() as AddressInfo;
  const body = JSON.stringify({ number, identity, version: '0', port, freeBytes: GIB, totalBytes: 2 * GIB, files, activeRequests: 0, inventory, copying: [] });
  const beat = async () => {
    const response = await fetch(`${central}/nodes/${number}/heartbeat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (!response.ok) throw new Error(await response.text());
    await response.arrayBuffer();
  };
  await beat();
  const timer = setInterval(() => void beat().catch(() => undefined), limits.heartbeatEveryMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}
