import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { uploadIdOf } from '../../lib/protocol/uploads.ts';
import { eventually } from './eventually.ts';
import { killAt } from './kill-at.ts';
import { manifestOf } from './manifests.ts';
import { randomBytes } from './random-bytes.ts';

/** A moment of some work at which a program is killed. */
export interface Phase {
  /** As `docs/design.md` calls it. */
  readonly name: string;
  /** `fixtures/kill-at-phase.ts` has the words; ID, UPLOAD and NAME stand for those of the film. */
  readonly step: string;
  /** What the secondary's own folder has of the film right after the kill, in the words of `leftOf`. */
  readonly leaves?: readonly string[];
}

export interface Film {
  readonly name: string;
  readonly bytes: Buffer;
  readonly id: string;
  readonly uploadId: string;
}

type Environment = Readonly<Record<string, string>>;

/** Work on films by a program that does not live to see its end. */
export interface KilledWork {
  /** Folders of secondaries in which nothing but whole films may be seen. */
  readonly folders: readonly string[];
  /** What else a name may stand for there. */
  readonly others?: ReadonlyMap<string, Buffer>;
  /** Of the program that is killed; resolves when it is ready. */
  start(environment?: Environment): Promise<unknown>;
  /** How it ended. */
  ended(): Promise<unknown>;
  /** Brings the work about. What it resolves with is called when the program is there again, and waits for the end of the work. */
  begin(film: Film): Promise<() => Promise<unknown>>;
}

/** One for each phase. */
export function filmsFor(phases: readonly Phase[], { parts = 2 } = {}): readonly Film[] {
  return phases.map((_phase, index) => {
    const name = `fase-${index}-.mp4`;
    const bytes = randomBytes((parts - 1) * MIB + 12_345, index);
    const { id } = manifestOf(bytes);
    return { name, bytes, id, uploadId: uploadIdOf({ name, fileId: id }) };
  });
}

/** Several at a time: what is killed waits more than it works. */
export function inLanes<Item>(items: readonly Item[], lanes: number): readonly (readonly Item[])[] {
  return Array.from({ length: lanes }, (_, lane) => items.filter((_item, index) => index % lanes === lane));
}

/** Each run begins with what a run before was killed at, and is killed itself in the middle of the next film. */
export async function killAtEach(t: ExecutionContext, phases: readonly Phase[], films: readonly Film[], work: KilledWork): Promise<void> {
  const environmentAt = (index: number) => phases[index] && killAtPhase(phases[index], films[index]!);
  await work.start(environmentAt(0));
  for (const [index, { name, leaves }] of phases.entries()) {
    const film = films[index]!;
    const end = await work.begin(film);
    t.is(await work.ended(), 'SIGKILL', name);
    for (const folder of work.folders) await assertAllWhole(t, folder, films, work.others);
    if (leaves) t.deepEqual((await leftOf(film, work.folders[0]!)).filter(path => !path.startsWith('index.json')), leaves, name);
    await work.start(environmentAt(index + 1));
    await end();
    for (const folder of work.folders) await whenNothingElseIsLeft(`${name}: ${film.name}`, film, folder);
  }
}

function killAtPhase({ step }: Phase, { id, uploadId, name }: Film): Environment {
  return killAt(step.replaceAll('UPLOAD', uploadId).replaceAll('ID', id).replaceAll('NAME', name));
}

/** What anyone can see in the folder is whole, whatever is going on. */
async function assertAllWhole(t: ExecutionContext, folder: string, films: readonly Film[], others?: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const name of (await readdir(folder)).filter(entry => !entry.startsWith('.'))) {
    const bytes = await readFile(join(folder, name));
    const right = [films.find(film => film.name === name)?.bytes, others?.get(name)];
    t.true(right.some(expected => expected?.equals(bytes)), `${name} is whole`);
  }
}

/** Of work that came to its end there is the file and its manifest. */
async function whenNothingElseIsLeft(what: string, film: Film, folder: string): Promise<void> {
  let left: readonly string[] = [];
  const isAllRight = async () => {
    left = await leftOf(film, folder);
    return left.join() === 'manifests/ID.json' && film.bytes.equals(await readFile(join(folder, film.name)));
  };
  await eventually(what, isAllRight, PATIENCE_MS).catch(error => {
    throw new Error(`${(error as Error).message}; left: ${left.join(', ')}`);
  });
}

const PATIENCE_MS = 60_000;
const OWN_FILES = new Set(['claves.json', 'identity.json', 'index.json', 'lock', 'scrub.json']);

/** What a secondary's own folder has of the film, or of nobody knows what: `incoming/UPLOAD.upload`, `index.json.N`. */
async function leftOf({ id, uploadId }: Film, folder: string): Promise<readonly string[]> {
  const own = join(folder, '.videopartes');
  const entries = await readdir(own, { recursive: true, withFileTypes: true });
  const paths = entries.filter(entry => entry.isFile()).map(entry => relative(own, join(entry.parentPath, entry.name)));
  const named = paths.map(path => path.replace(uploadId, 'UPLOAD').replace(id, 'ID').replace(/\.\d+$/, '.N').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'UUID'));
  const isOfOthers = (path: string) => /[0-9a-f]{64}/.test(path) || OWN_FILES.has(path);
  return named.filter(path => !isOfOthers(path)).sort();
}
