import { join } from 'node:path';
import type { ExecutionContext, TestFn } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import type { Manifest } from '../../lib/domain/manifest.ts';
import { runForeign, type ForeignEnd, type ForeignProgram } from './installed-program.ts';
import { hashFile, ProcessCluster } from './process-cluster.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Spaces, accents and a percent sign; not `&` nor quotes, which aria2 and wget2 do not read back from XML. */
const NAME = 'El faro de la niña, 100%.mp4';
const SIZE_BYTES = 32 * MIB + 12_345;
const SECONDARIES = [1, 2, 3];

export interface InteropContext {
  readonly site: InteropSite;
}

/** Gives every test of a file the same site, which is closed after the last. */
export function withInteropSite(test: TestFn<InteropContext>): void {
  const closing: (() => unknown)[] = [];
  test.before('three secondaries hold a file', async t => {
    t.timeout(120_000);
    t.context = { site: await InteropSite.start({ teardown: close => void closing.unshift(close) }) };
  });
  test.after.always('the programs are stopped', async () => {
    for (const close of closing) await close();
  });
}

/** A central and three secondaries that hold one file, as real programs, for programs of others to fetch. */
export class InteropSite {
  readonly cluster: ProcessCluster;
  readonly name = NAME;
  readonly sha256: string;
  readonly manifest: Manifest;
  /** Of the file at each secondary, in order of number. */
  readonly mirrors: readonly string[];

  private constructor(cluster: ProcessCluster, sha256: string, manifest: Manifest, mirrors: readonly string[]) {
    this.cluster = cluster;
    this.sha256 = sha256;
    this.manifest = manifest;
    this.mirrors = mirrors;
  }

  static async start(t: Pick<ExecutionContext, 'teardown'>): Promise<InteropSite> {
    const cluster = await ProcessCluster.start(t, { secondaries: SECONDARIES.length });
    const sha256 = await cluster.addFile(NAME, SIZE_BYTES, SECONDARIES.length);
    const { id } = await cluster.ask<{ id: string }>(`/video?name=${encodeURIComponent(NAME)}`);
    const { nodes } = await cluster.ask<{ nodes: { url: string }[] }>('/nodes');
    const manifest = await cluster.ask<Manifest>(`/manifests/${id}`);
    return new InteropSite(cluster, sha256, manifest, nodes.map(({ url }) => `${url}/files/${id}`));
  }

  /** The file at the central, or a document of it. */
  url(suffix: '' | '.meta4' | '.torrent' = ''): string {
    return `http://127.0.0.1:${this.cluster.centralPort}/files/${encodeURIComponent(`${NAME}${suffix}`)}`;
  }

  /** Runs a program in a folder, a new one unless told, and demands that it ends well and leaves the file there as `as`. */
  async fetchWith(
    t: ExecutionContext<unknown>,
    program: ForeignProgram,
    flags: readonly string[],
    { as = NAME, cwd }: { readonly as?: string; readonly cwd?: string } = {},
  ): Promise<ForeignEnd> {
    const folder = cwd ?? (await temporaryDirectory(t));
    const end = await runForeign(t, program, flags, { cwd: folder });
    t.is(end.status, 0, end.output);
    t.is(await hashFile(join(folder, as)), this.sha256, end.output);
    return end;
  }
}
