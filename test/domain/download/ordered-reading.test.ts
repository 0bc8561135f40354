import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { seededRandom } from '../../../lib/base/random.ts';
import { MINUTE_MS } from '../../../lib/base/units.ts';
import { OrderedReading, type ReadAhead } from '../../../lib/domain/download/ordered-reading.ts';
import { PartMemory } from '../../../lib/domain/download/part-memory.ts';
import type { PartRooms } from '../../../lib/domain/download/part-rooms.ts';
import type { Source } from '../../../lib/domain/download/source.ts';
import { fileIdOf, partRange, type Manifest } from '../../../lib/domain/manifest.ts';
import { sha256 } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const PART_BYTES = 1000;
const bytes = randomBytes(24 * PART_BYTES + 321, 1);
const manifest = manifestOfSmallParts();

type Fault = 'none' | 'corrupts' | 'refuses' | 'breaks';

/** In memory; counts the bytes that it gave. */
class MemorySource implements Source {
  readonly id: string;
  readonly #fault: Fault;
  givenBytes = 0;
  running = 0;

  constructor(id: string, fault: Fault = 'none') {
    this.id = id;
    this.#fault = fault;
  }

  read: Source['read'] = async ({ first, count, from = 0 }, { onBytes, onPiece }, { signal }) => {
    this.running += 1;
    try {
      for (let part = first; part < first + count; part += 1) {
        await setImmediate();
        signal.throwIfAborted();
        if (this.#fault === 'refuses') throw new VideoError('source_refused', { source: this.id, status: 500 });
        if (this.#fault === 'breaks' && part > first) throw new VideoError('source_unreachable', { source: this.id, reason: 'ECONNRESET' });
        const { start, end } = partRange(manifest, part);
        const given = Buffer.from(bytes.subarray(start + from, end));
        if (this.#fault === 'corrupts') given[0]! ^= 1;
        this.givenBytes += given.length;
        onBytes(given.length);
        onPiece({ part, offset: from, bytes: given, completes: { hash: sha256(given) }, release: () => undefined });
      }
    } finally {
      this.running -= 1;
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }
}

const silent: Source = {
  id: 'silent',
  read: (_run, _receiver, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  [Symbol.asyncDispose]: async () => undefined,
};

function manifestOfSmallParts(): Manifest {
  const partHashes = Array.from({ length: Math.ceil(bytes.length / PART_BYTES) }, (_, part) => sha256(bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)));
  const content = { sizeBytes: bytes.length, partSizeBytes: PART_BYTES, partHashes };
  return { ...content, id: fileIdOf(content), name: 'faro.mp4', sha256: sha256(bytes), createdAtMs: 0 };
}

function readingOf(sources: readonly Source[], readAhead = readAheadOf(4 * PART_BYTES)): OrderedReading {
  return new OrderedReading({ manifest, sources: async () => sources, readAhead, clock, random: seededRandom(1) });
}

function readAheadOf(budgetBytes: number): ReadAhead {
  const rooms: PartRooms = new PartMemory(Infinity, { take: sizeBytes => rooms.take(sizeBytes) });
  return { budgetBytes, rooms, readers: 0 };
}

const { signal } = new AbortController();

test('whatever is read, in whatever order, while one source is right the bytes are', async t => {
  const faults = fc.shuffledSubarray<Fault>(['corrupts', 'refuses', 'breaks'], { minLength: 0 });
  const reads = fc.array(fc.record({ position: fc.nat({ max: bytes.length + 10 }), length: fc.integer({ min: 1, max: 5000 }), isNext: fc.boolean() }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(faults, reads, async (wrong, asked) => {
      await using reading = readingOf([...wrong.map(fault => new MemorySource(fault, fault)), new MemorySource('right')]);
      let at = 0;
      for (const { position, length, isNext } of asked) {
        const from = isNext ? at : position;
        const buffer = Buffer.alloc(length);
        const count = await reading.read(buffer, from, { signal });
        t.is(count, Math.max(0, Math.min(length, bytes.length - from)));
        t.true(buffer.subarray(0, count).equals(bytes.subarray(from, from + count)));
        at = from + count;
      }
    }),
    { numRuns: process.env['CI'] === 'true' ? 300 : 60 },
  );
});

test('no more is fetched than what is read now and next, however many read', async t => {
  const readAhead = readAheadOf(8 * PART_BYTES);
  const source = new MemorySource('one');
  const readings = [readingOf([source], readAhead), readingOf([source], readAhead)];
  for (const reading of readings) {
    for (const position of [0, PART_BYTES]) await reading.read(Buffer.alloc(PART_BYTES), position, { signal });
  }
  while (source.running > 0) await setImmediate();
  // Each has read two parts, and two windows of two parts are its share.
  t.true(source.givenBytes <= 2 * (2 + 4) * PART_BYTES, `${source.givenBytes} bytes`);
  for (const reading of readings) await reading[Symbol.asyncDispose]();
  t.is(readAhead.readers, 0);
});

test('a glance fetches one part and nothing after it', async t => {
  const source = new MemorySource('one');
  await using reading = readingOf([source]);
  await reading.read(Buffer.alloc(2), 0, { signal });
  while (source.running > 0) await setImmediate();
  t.is(source.givenBytes, PART_BYTES);
});

test('a glance is asked of one source alone', async t => {
  const sources = [new MemorySource('one'), new MemorySource('another')];
  const stopped = { ...clock, sleep: (_ms: number, options?: { readonly signal?: AbortSignal }) => clock.sleep(MINUTE_MS, options) };
  await using reading = new OrderedReading({ manifest, sources: async () => sources, readAhead: readAheadOf(0), clock: stopped, random: seededRandom(1) });
  await reading.read(Buffer.alloc(2), 0, { signal });
  while (sources.some(({ running }) => running > 0)) await setImmediate();
  t.deepEqual(sources.map(({ givenBytes }) => givenBytes).sort(), [0, PART_BYTES]);
});

test('when the source that is asked alone is silent, the others are asked', async t => {
  await using reading = new OrderedReading({ manifest, sources: async () => [silent, new MemorySource('right')], readAhead: readAheadOf(0), clock, random: () => 0 });
  t.is(await reading.read(Buffer.alloc(10), 0, { signal }), 10);
});

test('whoever goes away is waited for no longer, and asks nobody', async t => {
  const gone = new AbortController();
  const reading = readingOf([silent]);
  const read = reading.read(Buffer.alloc(10), 0, { signal: gone.signal });
  await setImmediate();
  gone.abort(new VideoError('cancelled', {}));
  await t.throwsAsync(read, { code: 'cancelled' } as object);
  await reading[Symbol.asyncDispose]();
});

test('a source that comes later is asked', async t => {
  const sources: Source[] = [];
  await using reading = new OrderedReading({ manifest, sources: async () => [...sources], readAhead: readAheadOf(0), clock: { ...clock, sleep: (ms, options) => clock.sleep(Math.min(ms, 10), options) }, random: seededRandom(1) });
  const read = reading.read(Buffer.alloc(10), 0, { signal });
  sources.push(new MemorySource('late'));
  t.is(await read, 10);
});
