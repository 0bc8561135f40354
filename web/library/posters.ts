import { streamUrl } from '../api.ts';
import { findRefusal } from '../refusal.ts';
import { keepPoster, keptPoster } from './poster-store.ts';
import { takeFrame } from './take-frame.ts';

/** Videos that are asked for a frame at a time: they take what who watches would get. */
const AT_ONCE = 2;
/** Pictures that stay ready to be shown again. */
const READY_MAX = 400;

const ready = new Map<string, string>();
/** Of which none could be taken; until the page is loaded again. */
const failed = new Set<string>();
const waiting: (() => void)[] = [];
let running = 0;

/** URL of the picture, when it is at hand. */
export function readyPoster(id: string): string | undefined {
  return ready.get(id);
}

/** URL of a picture of the video; rejects when there is none, or as the signal does. */
export async function findPoster(id: string, { settledMs, signal }: { readonly settledMs: number; readonly signal: AbortSignal }): Promise<string> {
  const known = ready.get(id);
  if (known !== undefined) return known;
  if (failed.has(id)) throw new Error('no frame');
  await settled(settledMs, signal);
  const kept = await keptPoster(id);
  if (kept) return show(id, kept);
  await turn(signal);
  try {
    const frame = await takeAllowedFrame(id, signal);
    void keepPoster(id, frame);
    return show(id, frame);
  } finally {
    endTurn();
  }
}

/** One that is refused may be given later; only what cannot be shown is not asked for again. */
async function takeAllowedFrame(id: string, signal: AbortSignal): Promise<Blob> {
  const url = streamUrl(id);
  try {
    return await takeFrame(url, signal);
  } catch (error) {
    signal.throwIfAborted();
    const refusal = await findRefusal(url);
    if (refusal === 'renewed') return takeFrame(url, signal);
    if (refusal === undefined) failed.add(id);
    throw error;
  }
}

function show(id: string, picture: Blob): string {
  const known = ready.get(id);
  if (known !== undefined) return known;
  const url = URL.createObjectURL(picture);
  ready.set(id, url);
  const [oldest] = ready;
  if (oldest && ready.size > READY_MAX) {
    ready.delete(oldest[0]);
    URL.revokeObjectURL(oldest[1]);
  }
  return url;
}

function settled(settledMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, settledMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

/** Waits for a turn; one that nobody wants any more goes on to the next. */
async function turn(signal: AbortSignal): Promise<void> {
  if (running < AT_ONCE) running += 1;
  else await new Promise<void>(resolve => waiting.push(resolve));
  if (!signal.aborted) return;
  endTurn();
  throw signal.reason as Error;
}

function endTurn(): void {
  const next = waiting.shift();
  if (next) next();
  else running -= 1;
}
