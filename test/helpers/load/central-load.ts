import type { ExecutionContext } from 'ava';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { systemRandom as random } from '../../../lib/base/random.ts';
import type { CentralPair } from '../central-pair.ts';
import { eventually } from '../eventually.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { Caller, type Call } from './caller.ts';
import { look, moveAbout, upload } from './duties.ts';
import { LoadFile } from './load-file.ts';

const MOVERS = 12;
const FILES_PER_MOVER = 2;
const READERS = 6;
const UPLOADERS = 6;
/** Between two things that one caller does: together they are many, and no machine is overwhelmed. */
const PAUSE_MAX_MS = 600;
const WITHIN_MS = 120_000;

/** Who moves files about, who looks them up and who stores new ones, all at once. */
export class CentralLoad {
  /** Those that were acknowledged. */
  readonly files: LoadFile[] = [];
  readonly #t: ExecutionContext;
  readonly #pair: CentralPair;
  readonly #directory: string;
  readonly #callers: Caller[] = [];
  readonly #running: Promise<void>[] = [];
  #isOver = false;

  private constructor(t: ExecutionContext, pair: CentralPair, directory: string) {
    this.#t = t;
    this.#pair = pair;
    this.#directory = directory;
  }

  /** Half of the callers begin with each central. */
  static async start(t: ExecutionContext, pair: CentralPair): Promise<CentralLoad> {
    const load = new CentralLoad(t, pair, await temporaryDirectory(t));
    const [movers, readers] = await Promise.all([load.#owners('mover', MOVERS, FILES_PER_MOVER), load.#owners('reader', READERS, 1)]);
    for (const { names } of load.files) await pair.whenWhole(names[0]!, 0);
    for (const { caller, files } of movers) {
      load.#repeat(async turn => {
        const certain = files.filter(({ doubt }) => doubt === undefined);
        await moveAbout(caller, certain[turn % certain.length]!);
      });
    }
    for (const { caller, files } of readers) load.#repeat(() => look(caller, files[0]!));
    for (const caller of load.#crowd('uploader', UPLOADERS)) load.#repeat(turn => load.#store(caller, turn));
    return load;
  }

  /** All that was asked. */
  get calls(): readonly Call[] {
    return this.#callers.flatMap(({ calls }) => calls);
  }

  /** Resolves when everybody has had so many answers to what was asked from now on. */
  async goesOn(answers: number): Promise<void> {
    const begun = new Map(this.#callers.map(({ calls }, index) => [index, calls.length]));
    const answered = ({ calls }: Caller, index: number) => calls.slice(begun.get(index)).filter(({ endedAtMs }) => endedAtMs < Infinity).length;
    await eventually(`everybody had ${answers} answers more`, () => this.#callers.every((caller, index) => answered(caller, index) >= answers), WITHIN_MS);
  }

  /** Does once what the callers do, through one of the centrals alone. */
  async visit(url: string): Promise<Caller> {
    const caller = new Caller(this.#t, 'visitor', [url]);
    const file = await this.#store(caller, 0);
    await look(caller, file);
    await moveAbout(caller, file);
    return caller;
  }

  /** What was begun is waited for. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  #crowd(role: string, count: number): readonly Caller[] {
    const crowd = Array.from({ length: count }, (_, index) => new Caller(this.#t, `${role} ${index + 1}`, this.#pair.urlsFrom(index % 2)));
    this.#callers.push(...crowd);
    return crowd;
  }

  /** Callers with files of their own. */
  #owners(role: string, count: number, filesEach: number): Promise<readonly { readonly caller: Caller; readonly files: readonly LoadFile[] }[]> {
    return Promise.all(
      this.#crowd(role, count).map(async caller => {
        const files: LoadFile[] = [];
        for (let turn = 0; turn < filesEach; turn += 1) files.push(await this.#store(caller, turn));
        return { caller, files };
      }),
    );
  }

  async #store(caller: Caller, turn: number): Promise<LoadFile> {
    const file = new LoadFile(`${caller.name} - ${turn + 1}.mp4`);
    if (await upload(caller, file, this.#directory)) this.files.push(file);
    return file;
  }

  #repeat(task: (turn: number) => Promise<unknown>): void {
    const run = async () => {
      for (let turn = 0; !this.#isOver; turn += 1) {
        await task(turn);
        await clock.sleep(random() * PAUSE_MAX_MS);
      }
    };
    this.#running.push(run());
  }
}
