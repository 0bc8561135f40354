import { ApiError, api } from '../api.ts';
import { otherName } from '../format.ts';
import { textNow } from '../language.ts';
import { refresh } from '../library/shelf.ts';
import { createStore } from '../store.ts';
import { tell } from '../ui/toasts.tsx';
import { Rate } from './rate.ts';

export type UploadStage =
  | { readonly state: 'waiting' }
  /** Somebody has the name; `free` is another one. */
  | { readonly state: 'conflict'; readonly replaces: string; readonly free: string }
  | { readonly state: 'sending'; readonly sentBytes: number; readonly bytesPerSecond: number | undefined; readonly isResumed: boolean }
  | { readonly state: 'storing'; readonly replicas: number; readonly wanted: number }
  | { readonly state: 'stored'; readonly replicas: number; readonly wanted: number }
  | { readonly state: 'failed'; readonly error: unknown };

export interface UploadItem {
  readonly key: number;
  readonly file: File;
  readonly name: string;
  /** The content that makes room. */
  readonly replaces: string | undefined;
  readonly stage: UploadStage;
}

const AT_ONCE = 2;
const LOOK_EVERY_MS = 1000;
/** Copies beyond what makes a file safe are looked at for so long. */
const LOOKED_AT_MS = 10 * 60_000;
/** Of a central that was stopped, or whose database was, and of a proxy before it: it may answer when it is asked again. */
const UNHEARD: ReadonlySet<string> = new Set(['central_unreachable', 'catalog_unavailable', 'unknown']);

export const uploads = createStore<readonly UploadItem[]>([]);

const stops = new Map<number, AbortController>();
let lastKey = 0;

export function addFiles(files: Iterable<File>): void {
  const items = [...files].map((file): UploadItem => {
    lastKey += 1;
    return { key: lastKey, file, name: file.name, replaces: undefined, stage: { state: 'waiting' } };
  });
  uploads.update(now => [...now, ...items]);
  startNext();
}

/** Sends it in the place of what has the name. */
export function replaceExisting(key: number, replaces: string): void {
  change(key, () => ({ replaces, stage: { state: 'waiting' } }));
  startNext();
}

export function sendAs(key: number, name: string): void {
  change(key, () => ({ name, replaces: undefined, stage: { state: 'waiting' } }));
  startNext();
}

export function retry(key: number): void {
  change(key, () => ({ stage: { state: 'waiting' } }));
  startNext();
}

/** What arrived stays a day at its secondary, for who chooses the file again. */
export function dismiss(key: number): void {
  stops.get(key)?.abort();
  uploads.update(now => now.filter(item => item.key !== key));
  startNext();
}

export function isRunning({ stage: { state } }: UploadItem): boolean {
  return state === 'waiting' || state === 'sending' || state === 'storing';
}

export function runningCount(items: readonly UploadItem[]): number {
  return items.filter(isRunning).length;
}

function startNext(): void {
  const items = uploads.get();
  const sending = items.filter(({ stage }) => stage.state === 'sending').length;
  for (const item of items.filter(({ stage }) => stage.state === 'waiting').slice(0, Math.max(0, AT_ONCE - sending))) void run(item);
}

async function run({ key, file, name, replaces }: UploadItem): Promise<void> {
  const stop = new AbortController();
  stops.set(key, stop);
  const { signal } = stop;
  const rate = new Rate();
  let isResumed = false;
  const show = (sentBytes: number) => change(key, () => ({ stage: { state: 'sending', sentBytes, bytesPerSecond: rate.bytesPerSecond, isResumed } }));
  show(0);
  try {
    const { sendFile } = await import('./send-file.ts');
    const id = await sendFile(file, {
      name,
      replaces,
      signal,
      onResumed: () => (isResumed = true),
      onSent(sentBytes) {
        rate.add(sentBytes, performance.now());
        show(sentBytes);
      },
    });
    change(key, () => ({ stage: { state: 'storing', replicas: 0, wanted: 0 } }));
    startNext();
    await untilCopied(key, { id, name }, signal);
  } catch (error) {
    if (signal.aborted) return;
    const stage = await conflictOf(error, name).catch((other: unknown) => ({ state: 'failed' as const, error: other }));
    change(key, () => ({ stage }));
  } finally {
    stops.delete(key);
    startNext();
  }
}

/** What to decide about a name that is taken. @throws whatever else it is */
async function conflictOf(error: unknown, name: string): Promise<UploadStage> {
  if (!(error instanceof ApiError) || error.code !== 'name_taken') throw error;
  const { id } = await api.find(name);
  return { state: 'conflict', replaces: id, free: otherName(name) };
}

/** Follows the copies while they grow: first to what is safe, then to all that are wanted. */
async function untilCopied(key: number, video: { readonly id: string | undefined; readonly name: string }, signal: AbortSignal): Promise<void> {
  const giveUpAtMs = performance.now() + LOOKED_AT_MS;
  let wasStored = false;
  while (performance.now() < giveUpAtMs) {
    const stage = await copiesOf(video, signal);
    if (stage) change(key, () => ({ stage }));
    if (stage?.state === 'stored' && !wasStored) {
      wasStored = true;
      tell({ text: textNow().uploads.done(video.name) });
      void refresh();
    }
    if (stage && wasStored && stage.replicas >= stage.wanted) return;
    await pause(LOOK_EVERY_MS, signal);
  }
}

/** Undefined while nobody can say it: the file is there all the same. */
async function copiesOf({ id: known, name }: { readonly id: string | undefined; readonly name: string }, signal: AbortSignal): Promise<Extract<UploadStage, { readonly wanted: number }> | undefined> {
  try {
    const id = known ?? (await idOf(name, signal));
    if (id === undefined) return { state: 'storing', replicas: 0, wanted: 0 };
    const { state, replicas, wanted } = await api.uploadState(id, name, { signal });
    return { state, replicas, wanted };
  } catch (error) {
    if (error instanceof ApiError && UNHEARD.has(error.code)) return undefined;
    throw error;
  }
}

async function idOf(name: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await api.find(name, { signal })).id;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'file_not_found') return undefined;
    throw error;
  }
}

function change(key: number, to: (item: UploadItem) => Partial<UploadItem>): void {
  uploads.update(now => now.map(item => (item.key === key ? { ...item, ...to(item) } : item)));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }, { once: true });
  });
}
