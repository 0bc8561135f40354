import test from 'ava';
import { seededRandom } from '../../../lib/base/random.ts';
import { systemClock } from '../../../lib/base/clock.ts';
import { download } from '../../../lib/domain/download/download.ts';
import { defaultScheduler } from '../../../lib/domain/download/scheduler.ts';
import type { ArrivedPiece, PartReceiver, Source } from '../../../lib/domain/download/source.ts';
import { MemorySink } from '../../helpers/download-from.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const bytes = randomBytes(100_000, 5);
const manifest = manifestOf(bytes);
const wrong = new Uint8Array(bytes.byteLength).fill(1);
const hash = manifest.partHashes[0]!;

/** A source whose requests are answered by the test. */
class HeldSource implements Source {
  readonly id: string;
  readonly asked: Promise<PartReceiver>;
  #ask!: (receiver: PartReceiver) => void;

  constructor(id: string) {
    this.id = id;
    this.asked = new Promise(resolve => {
      this.#ask = resolve;
    });
  }

  read: Source['read'] = (_run, receiver, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#ask(receiver);
    });

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }
}

const piece = (of: Uint8Array, from: number, to: number, more: Partial<ArrivedPiece> = {}): ArrivedPiece => ({
  part: 0,
  offset: from,
  bytes: of.subarray(from, to),
  release: () => undefined,
  ...more,
});

test('a part that two sources wrote at once is read back, and asked for again when one of them spoilt it', async t => {
  const [honest, liar, third] = [new HeldSource('honest'), new HeldSource('liar'), new HeldSource('third')];
  const sink = new MemorySink(manifest);
  let bring!: (sources: readonly Source[]) => void;
  const later = new Promise<readonly Source[]>(resolve => {
    bring = resolve;
  });
  async function* feed() {
    yield [honest, liar];
    yield await later;
  }
  const ending = download(manifest, feed(), sink, {
    clock: systemClock,
    random: seededRandom(1),
    signal: new AbortController().signal,
    settings: { ...defaultScheduler, stallMs: 60_000, tailTickMs: 1 },
  });
  const first = await honest.asked;
  // One part only: the other source is given the same one, to end sooner.
  first.onBytes(10);
  const second = await liar.asked;
  first.onPiece(piece(bytes, 0, 50_000));
  second.onPiece(piece(wrong, 0, 50_000));
  first.onPiece(piece(bytes, 50_000, 100_000, { completes: { hash } }));
  bring([third]);
  const again = await third.asked;
  t.is(sink.kept[0], 0, 'what the hash of the stream vouched for is not what the file holds');
  again.onPiece(piece(bytes, 0, 100_000, { completes: { hash } }));
  const result = await ending;
  t.is(result.outcome, 'done');
  t.true(sink.bytes.equals(bytes));
  t.is(sink.kept[0], 1);
});
