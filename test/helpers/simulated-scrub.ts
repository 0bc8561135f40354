import { MIB, MINUTE_MS } from '../../lib/base/units.ts';
import type { IndexedFile, ScrubRecord } from '../../lib/domain/local-folder.ts';
import { ScrubPace, scrubRate, type ScrubSettings } from '../../lib/domain/scrub.ts';
import { costAt, isAtEnd, placeAfter, placeIn } from '../../lib/domain/scrub-place.ts';
import { ScrubQueue } from '../../lib/domain/scrub-queue.ts';

export interface ScrubScript {
  readonly settings: ScrubSettings;
  readonly sizesBytes: readonly number[];
  /** How long ago each was last read; as many as sizes. */
  readonly agesMs: readonly number[];
  readonly lastsMs: number;
  readonly isBusyAt: (nowMs: number) => boolean;
  /** The node dies at these times, without saving, and is back at once. */
  readonly diesAtMs: readonly number[];
}

export interface Reading {
  readonly file: string;
  readonly endedAtMs: number;
}

export interface ScrubResult {
  readonly readings: readonly Reading[];
  readonly readBytes: number;
  /** The most that was read beyond what the highest rate allows, over any time. */
  readonly excessBytes: number;
}

const SAVE_EVERY_MS = 5 * MINUTE_MS;
const START_MS = 1_000 * 24 * 60 * MINUTE_MS;

/** What a node reads in so much virtual time, part by part. */
export function simulateScrub({ settings, sizesBytes, agesMs, lastsMs, isBusyAt, diesAtMs }: ScrubScript): ScrubResult {
  const files = sizesBytes.map((sizeBytes, index): IndexedFile => ({ name: `${index}`, id: `${index}`, stamp: { sizeBytes, mtimeNs: '0', ino: `${index}` } }));
  let saved: ScrubRecord = { read: files.map(({ stamp }, index) => ({ stamp, atMs: START_MS - agesMs[index]! })) };
  let savedAtMs = START_MS;
  let queue = restored(saved);
  let pace = new ScrubPace(START_MS);
  const deaths = [...diesAtMs].map(atMs => START_MS + atMs).sort((a, b) => a - b);
  const readings: Reading[] = [];
  let readBytes = 0;
  let excess = 0;
  let excessBytes = 0;
  let readAtMs = START_MS;

  for (let nowMs = START_MS; nowMs < START_MS + lastsMs; ) {
    if (nowMs >= (deaths[0] ?? Infinity)) {
      deaths.shift();
      queue = restored(saved);
      pace = new ScrubPace(nowMs);
    }
    if (nowMs - savedAtMs >= SAVE_EVERY_MS) {
      saved = JSON.parse(JSON.stringify(queue.record())) as ScrubRecord;
      savedAtMs = nowMs;
    }
    const inOrder = queue.inOrder(files, nowMs);
    const waitMs = pace.waitMs(scrubRate(inOrder, queue.readBytes, isBusyAt(nowMs), nowMs, settings), nowMs);
    if (waitMs > 0) {
      nowMs += Math.min(Math.ceil(waitMs), MINUTE_MS);
      continue;
    }
    const { file } = inOrder[0]!;
    const place = placeIn(file, queue.place);
    const shape = { sizeBytes: file.stamp.sizeBytes, partSizeBytes: MIB };
    const cost = costAt(place, shape);
    const reached = placeAfter(place, shape, true);
    pace.read(cost);
    readBytes += reached.readBytes - place.readBytes;
    excess = Math.max(0, excess - ((nowMs - readAtMs) / 1000) * settings.maxRate) + cost;
    excessBytes = Math.max(excessBytes, excess);
    readAtMs = nowMs;
    if (!isAtEnd(reached, shape)) {
      queue.place = reached;
      continue;
    }
    queue.wasRead(file, nowMs, { isRight: true });
    readings.push({ file: file.name, endedAtMs: nowMs - START_MS });
  }
  return { readings, readBytes, excessBytes };
}

function restored(record: ScrubRecord): ScrubQueue {
  const queue = new ScrubQueue();
  queue.restore(record);
  return queue;
}
