import { join } from 'node:path';
import { HeldParts } from '../../lib/domain/held-parts.ts';
import { filePath, partsPath } from '../../lib/protocol/data.ts';
import { eventually } from './eventually.ts';
import { startProgram, type TalkingProgram, type Teardown } from './programs.ts';
import { TalkingCluster } from './talking-cluster.ts';

/** A client that shares, and where. */
export interface Sharer {
  readonly program: TalkingProgram;
  /** `IP:PORT` */
  readonly address: string;
}

/** What the central says of somebody who has a file. */
export interface FoundSharer {
  readonly address: string;
  readonly id?: string;
  readonly sizeBytes?: number;
  readonly token?: string;
}

/** A real central, and clients that share what they download from whoever has it. */
export class SharingSite {
  readonly cluster: TalkingCluster;
  readonly #t: Teardown;

  private constructor(t: Teardown, cluster: TalkingCluster) {
    this.#t = t;
    this.cluster = cluster;
  }

  static async start(t: Teardown, secondaries = 0): Promise<SharingSite> {
    return new SharingSite(t, await TalkingCluster.start(t, secondaries));
  }

  get centralUrl(): string {
    return `http://127.0.0.1:${this.cluster.centralPort}`;
  }

  path(...names: readonly string[]): string {
    return this.cluster.path(...names);
  }

  /** A console that shares what it downloads into `folder`. */
  async console(folder: string, flags: readonly string[] = []): Promise<Sharer> {
    return sharerOf(this.cluster.client(['--compartir', '--directorio', folder, ...flags]));
  }

  /** An order that shares while it runs. */
  order(folder: string, ...names: readonly string[]): TalkingProgram {
    const args = ['descargar', ...names, '--compartir', '--directorio', folder, '--puerto-central', String(this.cluster.centralPort)];
    return startProgram(this.#t, 'videocliente', args, { cwd: this.cluster.directory, input: null });
  }

  holdersOf(name: string): Promise<readonly FoundSharer[]> {
    return holdersAt(this.centralUrl, name);
  }

  /** Resolves when the central offers exactly those who share. */
  async whenOffered(name: string, ...sharers: readonly Sharer[]): Promise<readonly FoundSharer[]> {
    const wanted = sharers.map(({ address }) => address).toSorted().join(' ');
    return eventually(`${name} is offered by ${wanted || 'nobody'}`, async () => {
      const found = await this.holdersOf(name);
      return found.map(({ address }) => address).toSorted().join(' ') === wanted ? found : undefined;
    });
  }

  /** What the clients of that name saved. */
  statisticsPath(client: string): string {
    return join(this.cluster.directory, 'stats', `cliente-${client}.json`);
  }
}

export async function sharerOf(program: TalkingProgram): Promise<Sharer> {
  const [, address] = await program.says(/Se comparte en ((?:[\d.]+|\[[\da-f:]+\]):\d+):/);
  return { program, address: address! };
}

export async function holdersAt(centralUrl: string, name: string, headers: Readonly<Record<string, string>> = {}): Promise<readonly FoundSharer[]> {
  const response = await fetch(`${centralUrl}/peers?name=${encodeURIComponent(name)}`, { headers });
  return ((await response.json()) as { readonly peers: readonly FoundSharer[] }).peers;
}

/** Undefined when it has nothing of the file. */
export async function partsAt({ address }: Pick<Sharer, 'address'>, id: string): Promise<HeldParts | undefined> {
  const response = await fetch(`http://${address}${partsPath(id)}`);
  if (response.status === 404) return undefined;
  const { parts, held } = (await response.json()) as { readonly parts: number; readonly held: string };
  return HeldParts.parse(held, parts)!;
}

/** Asks for bytes of a file, all of them unless a half-open range is given. */
export async function bytesAt({ address }: Pick<Sharer, 'address'>, id: string, range?: { readonly start: number; readonly end: number }, headers: Readonly<Record<string, string>> = {}) {
  const wanted = range && { range: `bytes=${range.start}-${range.end - 1}` };
  const response = await fetch(`http://${address}${filePath(id)}`, { headers: { ...wanted, ...headers } });
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
}
