import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { startProgram, type TalkingProgram, type Teardown } from './programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A peer that joined, and the words of its place. */
export interface JoinedPeer {
  readonly program: TalkingProgram;
  readonly port: number;
  readonly address: string;
  /** Resolves with what it says of a file as soon as it has read it. */
  whenRead(name: string): Promise<{ readonly id: string }>;
}

export interface PeerOptions {
  readonly flags?: readonly string[];
  /** On the port that it had before. */
  readonly port?: number;
}

/** A real central and real peers in a folder of their own. */
export class PeerSite {
  readonly directory: string;
  readonly #t: Teardown;
  #central: { readonly program: TalkingProgram; readonly port: number } | undefined;

  private constructor(t: Teardown, directory: string) {
    this.#t = t;
    this.directory = directory;
  }

  static async start(t: Teardown): Promise<PeerSite> {
    const site = new PeerSite(t, await temporaryDirectory(t));
    await site.startCentral();
    return site;
  }

  get central(): TalkingProgram {
    return this.#central!.program;
  }

  get centralUrl(): string {
    return `http://127.0.0.1:${this.#central!.port}`;
  }

  get centralFlags(): readonly string[] {
    return ['--puerto-central', String(this.#central!.port)];
  }

  /** On the port that it had before, if it had one. */
  async startCentral(): Promise<void> {
    const flags = ['--puerto', String(this.#central?.port ?? 0), '--sin-consola', '--idioma', 'es'];
    const program = startProgram(this.#t, 'videocentral', flags, { cwd: this.directory });
    const [, port] = await program.says(/http:\/\/127\.0\.0\.1:(\d+)/);
    this.#central = { program, port: Number(port) };
  }

  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  async put(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.path(folder), { recursive: true });
    await writeFile(this.path(folder, name), bytes);
  }

  /** A program that has its menu. */
  open(flags: readonly string[] = []): TalkingProgram {
    return startProgram(this.#t, 'videopeer', [...this.centralFlags, ...flags], { cwd: this.directory });
  }

  /** Types what a person would, the port being any free one. */
  async join(folder: string, { flags = [], port: wanted = 0 }: PeerOptions = {}): Promise<JoinedPeer> {
    const program = this.open(flags);
    for (const line of ['JOIN', '127.0.0.1', String(wanted), `./${folder}`]) program.type(line);
    const [, port] = await program.says(/^Sou peer 127\.0\.0\.1:(\d+) com arquivos/);
    const address = `127.0.0.1:${port}`;
    const whenRead = (name: string) =>
      eventually(`${name} is read`, async () => {
        const answer = await fetch(`http://${address}/manifest?name=${encodeURIComponent(name)}`);
        return answer.ok ? ((await answer.json()) as { id: string }) : undefined;
      });
    return { program, port: Number(port), address, whenRead };
  }
}
