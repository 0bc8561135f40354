import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { DownloadRecord } from '../../lib/domain/statistics.ts';
import type { Manifest } from '../../lib/domain/manifest.ts';
import { startFaultyNode } from './faulty-node.ts';
import { partsAsked, type FaultyServer } from './faulty-server.ts';
import { hashFile, ProcessCluster } from './process-cluster.ts';
import { eventNamed, run, type RunningProgram } from './processes.ts';
import type { Teardown } from './programs.ts';
import { readUnfinished } from './unfinished-file.ts';

/** Of the client, so that a signal lands where it should. */
const LIMIT = '48MiB/s';

/** A real central and real clients; two secondaries in this process, which know what they were asked for and sent. */
export class ResumeSite {
  readonly #cluster: ProcessCluster;
  readonly #manifest: Manifest;
  readonly #servers: readonly FaultyServer[];

  private constructor(cluster: ProcessCluster, manifest: Manifest, servers: readonly FaultyServer[]) {
    this.#cluster = cluster;
    this.#manifest = manifest;
    this.#servers = servers;
  }

  static async open(t: Teardown, manifest: Manifest, bytes: Uint8Array): Promise<ResumeSite> {
    const cluster = await ProcessCluster.start(t, { secondaries: 0, centralFlags: ['--replicas', '2'] });
    const centralUrl = `http://127.0.0.1:${cluster.centralPort}`;
    const servers: FaultyServer[] = [];
    for (const number of [1, 2]) servers.push(await startFaultyNode(t, { number, centralUrl, manifest, bytes, fault: { type: 'none' } }));
    await cluster.whenHeldBy(manifest.name, 2);
    return new ResumeSite(cluster, manifest, servers);
  }

  /** A path below the folder where the clients run. */
  path(...names: readonly string[]): string {
    return join(this.#cluster.directory, ...names);
  }

  /** Downloads into `folder/NAME` until it ends. */
  async download(t: Teardown, folder: string, flags: readonly string[] = []): Promise<RunningProgram> {
    await mkdir(this.path(folder), { recursive: true });
    const places = ['--puerto-central', String(this.#cluster.centralPort), '--directorio', folder, '--nombre', 'resucitado'];
    return run(t, 'videocliente', ['descargar', this.#manifest.name, '--json', ...places, ...flags], { cwd: this.#cluster.directory });
  }

  /** Downloads, and sends the signal in the moment when so many bytes more were sent. */
  async interrupted(t: Teardown, folder: string, afterBytes: number, signal: NodeJS.Signals): Promise<void> {
    const before = this.#sentBytes;
    const client = await this.download(t, folder, ['--limite', LIMIT]);
    let kill!: () => void;
    const reached = new Promise<void>(resolve => (kill = resolve));
    for (const server of this.#servers) {
      server.onSent = () => {
        if (this.#sentBytes - before < afterBytes) return;
        client.process.kill(signal);
        kill();
      };
    }
    await Promise.race([reached, client.ended]);
    for (const server of this.#servers) server.onSent = undefined;
    await client.ended;
  }

  /** Goes on with a download, and proves that it ends identical and that nothing which was there is asked for again. */
  async assertResumes(t: ExecutionContext, folder: string): Promise<void> {
    const finalPath = this.path(folder, this.#manifest.name);
    const { right, vouched, rightBytes } = await readUnfinished(finalPath, this.#manifest);
    t.deepEqual([...vouched].filter(part => !right.has(part)), [], 'the journal vouches for parts that are not there');
    const asked = this.#servers.map(({ requested }) => requested.length);
    const client = await this.download(t, folder);
    t.is(await client.ended, 0, client.errors.join('\n'));
    const { record } = (await client.until(eventNamed('done'))) as unknown as { record: DownloadRecord };
    t.is(await hashFile(finalPath), this.#manifest.sha256);
    t.is(record.resumedBytes, rightBytes);
    t.is(record.receivedBytes + record.resumedBytes, this.#manifest.sizeBytes);
    const requested = this.#servers.flatMap((server, index) => server.requested.slice(asked[index]));
    const parts = partsAsked({ requested }, this.#manifest);
    t.deepEqual([...parts].filter(part => right.has(part)), [], 'parts that were there were asked for again');
    t.is(parts.size, this.#manifest.partHashes.length - right.size);
  }

  get #sentBytes(): number {
    return this.#servers.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  }
}
