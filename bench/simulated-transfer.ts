import type { RequestId } from '../lib/domain/download/scheduled-source.ts';
import type { Command } from '../lib/domain/download/assignments.ts';
import { Scheduler } from '../lib/domain/download/scheduler.ts';
import type { FilePlan } from '../lib/domain/download/file-plan.ts';
import { Playback, type Reading } from '../lib/domain/download/playback.ts';
import type { PartOrder } from '../lib/domain/download/part-choice.ts';
import { PIECE_BYTES, type Holdings, type PartRun } from '../lib/domain/download/source.ts';
import { partRange } from '../lib/domain/manifest.ts';
import { seededRandom } from '../lib/base/random.ts';

/** What a simulated source does, in virtual time. */
export interface SimulatedSource {
  readonly id: string;
  readonly bytesPerMs: number;
  /** From when on it breaks every request; until `returnsAtMs`. */
  readonly diesAtMs?: number;
  readonly returnsAtMs?: number;
  /** From when on it sends nothing though it is connected; until `returnsAtMs`. */
  readonly hangsAtMs?: number;
  /** Share of its parts that are wrong. */
  readonly corrupts?: number;
  /** These parts are wrong each time. */
  readonly wrongParts?: ReadonlySet<number>;
  /** It says beforehand that it has not these. */
  readonly lacks?: ReadonlySet<number>;
  /** It fetches the file itself, and has each part from then on. */
  readonly hasFromMs?: readonly number[];
  readonly joinsAtMs?: number;
  /** From when it joins until its first byte can come. */
  readonly connectMs?: number;
  /** What earlier downloads measured. */
  readonly expectedBytesPerMs?: number;
}

/** Somebody who plays the file while it comes, at a steady rate once the first bytes are there. */
export interface SimulatedPlayer {
  readonly bytesPerMs: number;
  /** Reads the last bytes before it plays, as of an MP4 with its index at the end. */
  readonly readsTail?: boolean;
  /** After so long it goes on from another place. */
  readonly seek?: { readonly atMs: number; readonly to: number };
  /** Asked by nobody: parts come as if nobody played. */
  readonly isIgnored?: boolean;
}

export interface PlayingResult {
  /** Until it could play. */
  readonly startedAtMs: number;
  /** Without bytes while it played; until `seek` and after it. */
  readonly stalledMs: number;
  readonly stalledAfterSeekMs: number;
}

export interface SimulationResult {
  readonly playing: PlayingResult;
  readonly isDone: boolean;
  readonly elapsedMs: number;
  /** How often each part was kept: all ones in a right download. */
  readonly kept: Uint8Array;
  readonly sentBytes: ReadonlyMap<string, number>;
  readonly duplicateBytes: number;
  /** How many parts came wrong. */
  readonly wrongParts: number;
}

export interface SimulationOptions {
  readonly limitMs?: number;
  readonly player?: SimulatedPlayer;
  readonly partOrder?: PartOrder;
}

interface Transfer {
  readonly requestId: RequestId;
  readonly end: number;
  /** Begins inside its part. */
  readonly isRest: boolean;
  part: number;
  bytes: number;
}

const STEP_MS = 5;

/** Drives a real scheduler against simulated sources until the file is whole or `limitMs` of virtual time passed. */
export function simulate(manifest: FilePlan, sources: readonly SimulatedSource[], seed: number, { limitMs = 3_600_000, player, partOrder }: SimulationOptions = {}): SimulationResult {
  const random = seededRandom(seed);
  const playback = new Playback(manifest);
  const urgentParts = player && !player.isIgnored ? (atMs: number) => playback.urgentParts(atMs) : undefined;
  const scheduler = new Scheduler(manifest, { present: new Set(), random, urgentParts, partOrder });
  const queues = new Map<string, Transfer[]>(sources.map(source => [source.id, []]));
  const sentBytes = new Map(sources.map(source => [source.id, 0]));
  const kept = new Uint8Array(manifest.partHashes.length);
  /** Whose end was not right. */
  const wrong = new Set<number>();
  let wrongParts = 0;
  let nowMs = 0;
  let position = 0;
  let hasStarted = false;
  let hasSought = false;
  let reading: Reading | undefined;
  const playing = { startedAtMs: Infinity, stalledMs: 0, stalledAfterSeekMs: 0 };

  const obey = (commands: readonly Command[]) => {
    for (const command of commands) {
      const queue = queues.get(command.sourceId)!;
      if (command.type === 'request') {
        const { requestId, run } = command;
        assertHeld(command.sourceId, run);
        queue.push({ requestId, isRest: run.from !== undefined, part: run.first, end: run.first + run.count, bytes: run.from ?? 0 });
      } else {
        const index = queue.findIndex(transfer => transfer.requestId === command.requestId);
        if (index >= 0) queue.splice(index, 1);
      }
    }
  };

  for (; nowMs < limitMs && !scheduler.isDone; nowMs += STEP_MS) {
    for (const source of sources) {
      if ((source.joinsAtMs ?? 0) <= nowMs && !scheduler.hasSource(source.id)) {
        const { expectedBytesPerMs, lacks } = source;
        scheduler.addSource(source.id, nowMs, expectedBytesPerMs === undefined ? undefined : expectedBytesPerMs * 1000, { lacks, held: holdingsOf(source) });
      }
    }
    obey(scheduler.decide(nowMs));
    for (const source of sources) step(source);
    if (player) play(player);
  }
  return { isDone: scheduler.isDone, elapsedMs: nowMs, kept, sentBytes, duplicateBytes: scheduler.duplicateBytes, wrongParts, playing };

  function holdingsOf({ hasFromMs }: SimulatedSource): Holdings | undefined {
    return (
      hasFromMs && {
        get isWhole() {
          return hasFromMs.every(fromMs => fromMs <= nowMs);
        },
        has: part => hasFromMs[part]! <= nowMs,
        watch: () => ({ [Symbol.dispose]: () => undefined }),
      }
    );
  }

  function assertHeld(sourceId: string, { first, count }: PartRun): void {
    const { hasFromMs } = sources.find(({ id }) => id === sourceId)!;
    const lacking = hasFromMs?.slice(first, first + count).some(fromMs => fromMs > nowMs);
    if (lacking) throw new Error(`${sourceId} was asked for ${first}+${count}, which it has not yet`);
  }

  function play({ bytesPerMs, readsTail = false, seek }: SimulatedPlayer): void {
    const lastPart = manifest.partHashes.length - 1;
    if (seek && !hasSought && nowMs >= seek.atMs) {
      hasSought = true;
      position = seek.to;
    }
    const isHere = kept[Math.min(lastPart, Math.floor(position / manifest.partSizeBytes))] === 1;
    if (!hasStarted) {
      hasStarted = isHere && (!readsTail || kept[lastPart] === 1);
      if (!hasStarted) return;
      playing.startedAtMs = nowMs;
      reading = playback.open(position);
    }
    if (isHere) position = Math.min(manifest.sizeBytes, position + bytesPerMs * STEP_MS);
    else if (hasSought) playing.stalledAfterSeekMs += STEP_MS;
    else playing.stalledMs += STEP_MS;
    reading!.moveTo(position);
  }

  function step(source: SimulatedSource): void {
    const queue = queues.get(source.id)!;
    const isBack = nowMs >= (source.returnsAtMs ?? Infinity);
    if (nowMs >= (source.diesAtMs ?? Infinity) && !isBack) {
      const [first] = queue;
      if (first) obey(scheduler.requestFailed(first.requestId, nowMs));
      return;
    }
    if (nowMs >= (source.hangsAtMs ?? Infinity) && !isBack) return;
    if (nowMs < (source.joinsAtMs ?? 0) + (source.connectMs ?? 0)) return;
    let budget = source.bytesPerMs * STEP_MS;
    while (budget > 0 && queue[0]) budget -= send(source, queue[0], queue, budget);
  }

  function send(source: SimulatedSource, transfer: Transfer, queue: Transfer[], budget: number): number {
    const { start, end } = partRange(manifest, transfer.part);
    const bytes = Math.min(budget, end - start - transfer.bytes);
    const before = transfer.bytes;
    transfer.bytes += bytes;
    sentBytes.set(source.id, sentBytes.get(source.id)! + bytes);
    scheduler.bytesArrived(transfer.requestId, bytes, nowMs);
    const isPartEnd = transfer.bytes >= end - start;
    const isBad = source.wrongParts?.has(transfer.part) || source.lacks?.has(transfer.part) || random() < (source.corrupts ?? 0);
    const isWrong = isPartEnd && isBad;
    if (isWrong) wrongParts += 1;
    const pieceEnd = isPartEnd ? end - start : transfer.bytes - (transfer.bytes % PIECE_BYTES);
    if (pieceEnd > before && !(isPartEnd && !transfer.isRest)) {
      const { part } = transfer;
      const came = scheduler.pieceArrived(transfer.requestId, part, pieceEnd, isPartEnd);
      if (isWrong) wrong.add(part);
      if (came === 'together' && scheduler.partPutTogether(part, !wrong.delete(part))) kept[part]! += 1;
      if (came && !isPartEnd) obey(scheduler.decide(nowMs));
    }
    if (!isPartEnd) return bytes;
    if (transfer.isRest) {
      queue.shift();
      scheduler.requestEnded(transfer.requestId, nowMs);
      obey(scheduler.decide(nowMs));
      return bytes;
    }
    if (isWrong) {
      obey(scheduler.partCorrupt(transfer.requestId, transfer.part, nowMs));
      return bytes;
    }
    if (scheduler.partVerified(transfer.requestId, transfer.part)) kept[transfer.part]! += 1;
    transfer.part += 1;
    transfer.bytes = 0;
    if (transfer.part === transfer.end) {
      queue.shift();
      scheduler.requestEnded(transfer.requestId, nowMs);
    }
    obey(scheduler.decide(nowMs));
    return bytes;
  }
}
