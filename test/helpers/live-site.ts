import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSampleVideo } from '../../lib/apps/demo/sample-video.ts';
import type { TestCard } from '../../lib/apps/demo/test-card.ts';
import { KIB } from '../../lib/base/units.ts';
import { ownLoopback } from './loopback.ts';
import { startProgram, type ProgramOptions, type TalkingProgram, type Teardown } from './programs.ts';
import { randomBytes } from './random-bytes.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Two seconds, which begin with a key frame. */
const card: TestCard = { width: 320, height: 180, framesPerSecond: 25, frames: 50 };

/** A whole block that a viewer says that it has. */
export interface ToldBlock {
  readonly number: number;
  /** From when it went on the air. */
  readonly lagMs: number;
}

export interface ReadyFolder {
  readonly path: string;
  readonly blocks: readonly Buffer[];
}

type Options = Partial<Omit<ProgramOptions, 'cwd'>>;

/** `videocanal` as those who broadcast and those who watch run it, on an address that nobody else uses unless it is told another. */
export class LiveSite {
  readonly ip: string;
  readonly #t: Teardown;
  readonly directory: string;
  #viewers = 0;

  private constructor(t: Teardown, directory: string, ip: string) {
    this.#t = t;
    this.directory = directory;
    this.ip = ip;
  }

  static async open(t: Teardown, { ip = ownLoopback() }: { readonly ip?: string | undefined } = {}): Promise<LiveSite> {
    return new LiveSite(t, await temporaryDirectory(t), ip);
  }

  /** A folder of blocks that nobody can show, each unlike the others: 2 s each, as whoever broadcasts takes it. */
  async readyFolder(name: string, { count = 3, sizeBytes = 64 * KIB } = {}): Promise<ReadyFolder> {
    const path = join(this.directory, name);
    await mkdir(path);
    const blocks = Array.from({ length: count }, (_, index) => randomBytes(sizeBytes + index, name.length * 100 + index));
    await Promise.all(blocks.map((bytes, index) => writeFile(join(path, `${name}_${String(index).padStart(5, '0')}.mkv`), bytes)));
    return { path, blocks };
  }

  /** A film of blocks of 2 s: two of them, or as many as its size takes. */
  async film(name: string, { sizeBytes = 1024 * KIB } = {}): Promise<string> {
    const path = join(this.directory, name);
    await makeSampleVideo(path, { sizeBytes, card, signal: new AbortController().signal });
    return path;
  }

  /** Resolves when its first channel is on the air. */
  async broadcast(args: readonly string[], options: Options = {}): Promise<TalkingProgram> {
    const program = startProgram(this.#t, 'videocanal', ['emitir', '--ip', this.ip, ...args], { ...options, cwd: this.directory });
    await program.says(/(?:está en el aire|está no ar|is on the air)/);
    return program;
  }

  /** In a folder of its own, telling each block; of this site's address unless it is told another. */
  async watch(args: readonly string[] = [], { directory = this.#nextFolder(), ...options }: Options & { readonly directory?: string } = {}): Promise<LiveViewer> {
    await mkdir(directory, { recursive: true });
    const ip = args.includes('--ip') ? [] : ['--ip', this.ip];
    const program = startProgram(this.#t, 'videocanal', ['ver', ...ip, '--nivel', 'debug', '--directorio', directory, ...args], { ...options, cwd: directory });
    return new LiveViewer(program, directory);
  }

  #nextFolder(): string {
    return join(this.directory, `espectador-${(this.#viewers += 1)}`);
  }
}

/** One who watches, and what it says. */
export class LiveViewer {
  readonly program: TalkingProgram;
  readonly directory: string;

  constructor(program: TalkingProgram, directory: string) {
    this.program = program;
    this.directory = directory;
  }

  /** So far, in the order in which they came. */
  get blocks(): readonly ToldBlock[] {
    return this.program.lines.map(line => /: bloque (\d+), .* (\d+) ms después/.exec(line)).filter(match => match !== null).map(toBlock);
  }

  /** A block of at least that number, of those told from the `after`-th line on. */
  async block(number: number, { after = 0 } = {}): Promise<ToldBlock> {
    const numbers = (line: string) => /: bloque (\d+), .* (\d+) ms después/.exec(line);
    for (let from = after; ; ) {
      const match = await this.program.says(/: bloque (\d+), .* (\d+) ms después/, { after: from });
      if (Number(match[1]) >= number) return toBlock(match);
      from = this.program.lines.findIndex((line, index) => index >= from && numbers(line)) + 1;
    }
  }

  /** What a player opens. */
  async url(): Promise<string> {
    return (await this.program.says(/Abra (http:\S+) en un reproductor/))[1]!;
  }

  /** Lines of what gives to it, and of those to whom it gives. */
  async connections(): Promise<readonly string[]> {
    const after = this.program.lines.length;
    this.program.type('CONEXIONES');
    // What is asked is answered in order.
    await this.program.ask('AYUDA', /^ +SALIR /);
    return this.program.lines.slice(after).filter(line => /^(?:recibe de|envía a) +\S+:\d+/.test(line));
  }

  /** The folder of its blocks, if there is one now; others may keep theirs beside it. */
  async folder(): Promise<string | undefined> {
    const name = (await readdir(this.directory)).find(entry => /^bloques-canal-\d-(\d+)$/.exec(entry)?.[1] === String(this.program.pid));
    return name && join(this.directory, name);
  }

  /** SHA-256 of the blocks on its disk, each with its number; of two streams, two may have the same. */
  async hashes(): Promise<readonly (readonly [number, string])[]> {
    const folder = (await this.folder())!;
    const names = (await readdir(folder)).filter(name => /^canal\d_\d+(?:-\d+)?\.[^.]+$/.test(name)).toSorted();
    const read = await Promise.all(
      names.map(async name => {
        // It may go between both looks.
        const bytes = await readFile(join(folder, name)).catch(() => undefined);
        return bytes && ([Number(/_(\d+)/.exec(name)![1]), hashOf(bytes)] as const);
      }),
    );
    return read.filter(block => block !== undefined);
  }
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function toBlock([, number, lagMs]: RegExpExecArray): ToldBlock {
  return { number: Number(number), lagMs: Number(lagMs) };
}
