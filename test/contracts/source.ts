import type { ExecutionContext, TestFn } from 'ava';
import { isVideoError } from '../../lib/base/errors.ts';
import type { FilePlan } from '../../lib/domain/download/file-plan.ts';
import { PIECE_BYTES, type ArrivedPiece, type PartRun, type Source } from '../../lib/domain/download/source.ts';
import { partRange, type Manifest } from '../../lib/domain/manifest.ts';
import { manifestOf, sha256 } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

export interface SourceUnderTest {
  readonly source: Source;
  /** Ends its server at once; reading fails from then on. */
  stopServer(): Promise<void>;
}

/** What came of one read: parts put together from their pieces. */
export interface ReadOutcome {
  readonly parts: ReadonlyMap<number, { readonly bytes: Buffer; readonly hash: string | undefined }>;
  readonly countedBytes: number;
  readonly order: readonly number[];
}

/** Reads a run to its end, giving all memory back at once, or when `release` says. */
export async function readRun(source: Source, run: PartRun, plan: FilePlan, signal = new AbortController().signal): Promise<ReadOutcome> {
  const unfinished = new Map<number, Buffer>();
  const parts = new Map<number, { bytes: Buffer; hash: string | undefined }>();
  const order: number[] = [];
  let countedBytes = 0;
  const onPiece = ({ part, offset, bytes, completes, release }: ArrivedPiece) => {
    const { start, end } = partRange(plan, part);
    const whole = unfinished.get(part) ?? Buffer.alloc(end - start);
    unfinished.set(part, whole);
    whole.set(bytes, offset);
    release();
    if (!completes) return;
    order.push(part);
    parts.set(part, { bytes: whole, hash: completes.hash });
  };
  await source.read(run, { onBytes: count => void (countedBytes += count), onPiece }, { signal });
  return { parts, countedBytes, order };
}

/** The promises of `lib/domain/download/source.ts`. */
export function sourceContract(
  test: TestFn,
  name: string,
  make: (t: ExecutionContext, manifest: Manifest, bytes: Uint8Array) => Promise<SourceUnderTest>,
): void {
  const bytes = randomBytes(5 * 1024 * 1024 + 321, 19);
  const manifest = manifestOf(bytes);
  const partBytes = (part: number) => {
    const { start, end } = partRange(manifest, part);
    return bytes.subarray(start, end);
  };

  test(`${name}: a run comes whole, in order, each part with its hash, each byte counted once`, async t => {
    const { source } = await make(t, manifest, bytes);
    const { parts, order, countedBytes } = await readRun(source, { first: 1, count: 3 }, manifest);
    t.deepEqual(order, [1, 2, 3]);
    for (const [part, { bytes: came, hash }] of parts) {
      t.true(came.equals(partBytes(part)));
      t.is(hash, sha256(partBytes(part)));
    }
    t.is(countedBytes, 3 * manifest.partSizeBytes);
  });

  test(`${name}: what is asked for from the middle of a part comes without what is before it, and without a hash`, async t => {
    const { source } = await make(t, manifest, bytes);
    for (const [part, from] of [[2, PIECE_BYTES], [5, 100]] as const) {
      const { parts, countedBytes } = await readRun(source, { first: part, count: 1, from }, manifest);
      const { bytes: came, hash } = parts.get(part)!;
      t.true(came.subarray(from).equals(partBytes(part).subarray(from)));
      t.is(hash, undefined);
      t.is(countedBytes, partBytes(part).byteLength - from);
    }
  });

  test(`${name}: the last part is as short as it is`, async t => {
    const { source } = await make(t, manifest, bytes);
    const { parts } = await readRun(source, { first: 5, count: 1 }, manifest);
    t.true(parts.get(5)!.bytes.equals(partBytes(5)));
  });

  test(`${name}: several reads at once, in any order, bring each what it asked for`, async t => {
    const { source } = await make(t, manifest, bytes);
    const outcomes = await Promise.all([4, 0, 2].map(first => readRun(source, { first, count: 1 }, manifest)));
    t.deepEqual(outcomes.map(({ order }) => order), [[4], [0], [2]]);
    for (const { parts } of outcomes) for (const [part, { bytes: came }] of parts) t.true(came.equals(partBytes(part)));
  });

  test(`${name}: who keeps the memory of pieces stops the source, and giving it back lets it go on`, async t => {
    const { source } = await make(t, manifest, bytes);
    const held: ArrivedPiece[] = [];
    let hasStopped!: () => void;
    const stopped = new Promise<void>(resolve => (hasStopped = resolve));
    let isHolding = true;
    let completed = 0;
    const onPiece = (piece: ArrivedPiece) => {
      if (isHolding) held.push(piece);
      else piece.release();
      if (piece.completes) completed += 1;
    };
    // Bytes that are not told of as 0 come only while there is memory.
    const onBytes = (count: number) => {
      if (count === 0) hasStopped();
    };
    const reading = source.read({ first: 0, count: 6 }, { onBytes, onPiece }, { signal: new AbortController().signal });
    await stopped;
    t.true(completed < 6);
    isHolding = false;
    for (const { release } of held) release();
    await reading;
    t.is(completed, 6);
  });

  test(`${name}: an abort ends a read with its reason, and the next read works`, async t => {
    const { source } = await make(t, manifest, bytes);
    const stop = new AbortController();
    const reason = new Error('enough');
    const reading = source.read(
      { first: 0, count: 6 },
      { onBytes: () => stop.abort(reason), onPiece: ({ release }) => release() },
      { signal: stop.signal },
    );
    t.is(await t.throwsAsync(reading), reason);
    const { parts } = await readRun(source, { first: 3, count: 1 }, manifest);
    t.true(parts.get(3)!.bytes.equals(partBytes(3)));
  });

  test(`${name}: a signal that is aborted already asks for nothing`, async t => {
    const { source } = await make(t, manifest, bytes);
    const reason = new Error('before');
    t.is(await t.throwsAsync(readRun(source, { first: 0, count: 1 }, manifest, AbortSignal.abort(reason))), reason);
  });

  test(`${name}: a server that is gone is unreachable, by the source’s name`, async t => {
    const { source, stopServer } = await make(t, manifest, bytes);
    await stopServer();
    const error = await t.throwsAsync(readRun(source, { first: 0, count: 1 }, manifest));
    t.true(isVideoError(error, 'source_unreachable'), String(error));
    t.is((error as unknown as { facts: { source: string } }).facts.source, source.id);
  });
}
