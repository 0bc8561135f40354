import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { BufferSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import { KIB, MIB } from '../../../lib/base/units.ts';
import type { Remuxer } from '../../../lib/domain/remux.ts';
import type { ServedFile } from '../../../lib/domain/served-files.ts';
import { createRemuxer } from '../../../lib/io/media/remuxer.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { eventually } from '../../helpers/eventually.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { makeMatroskaFilm, type MatroskaFilm } from '../../helpers/matroska-film.ts';
import { packetsOf } from '../../helpers/packets.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const { signal } = new AbortController();
const NAME = 'película.mkv';

/** A file in memory, and how far anybody has read in it. */
class ReadFile implements ServedFile {
  readonly manifest;
  readonly #bytes: Uint8Array;
  givenBytes = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.manifest = manifestOf(bytes, NAME);
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    const bytes = this.#bytes.subarray(position, position + buffer.byteLength);
    buffer.set(bytes);
    this.givenBytes += bytes.byteLength;
    return bytes.byteLength;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It is memory.
  }
}

interface Film extends MatroskaFilm {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const test = anyTest as TestFn<{ readonly film: Film; readonly soundless: Film }>;
const closing: (() => unknown)[] = [];

test.before('two films are made', async t => {
  const directory = await temporaryDirectory({ teardown: close => void closing.unshift(close) });
  const make = async (name: string, options: Parameters<typeof makeMatroskaFilm>[1]) => {
    const path = join(directory, name);
    return { ...(await makeMatroskaFilm(path, options)), path, bytes: await readFile(path) };
  };
  t.context = { film: await make('aac.mkv', { sizeBytes: 16 * MIB }), soundless: await make('pcm.mkv', { sound: 'pcm-s16' }) };
});

test.after.always('the films are removed', async () => {
  for (const close of closing) await close();
});

async function remuxed(remuxer: Remuxer, file: ServedFile, fromS = 0): Promise<{ readonly contentType: string; readonly bytes: Buffer }> {
  await using film = await remuxer.open(file, { fromS, signal });
  return { contentType: film.contentType, bytes: await read(film.fragments) };
}

async function read(fragments: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of fragments) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('a Matroska film comes out as MP4 with every picture and every sound as it was, and says how long it is', async t => {
  const { bytes: film, frames, packets, durationMs } = t.context.film;
  const { contentType, bytes } = await remuxed(createRemuxer({ runningMax: 1 }), new ReadFile(film));
  t.regex(contentType, /^video\/mp4; codecs="avc1\.\w{6}, mp4a\.40\.2"$/);
  const [originals, tracks] = [await packetsOf(film), await packetsOf(bytes)];
  t.deepEqual(tracks.map(({ length }) => length), [frames, packets]);
  for (const [index, found] of tracks.entries()) {
    t.true(found.every(({ data }, at) => Buffer.from(data).equals(originals[index]![at]!.data)), `track ${index}`);
  }
  // In its `mvhd`: the timescale and the length.
  const at = bytes.indexOf('mvhd') + 16;
  t.is(Math.round((bytes.readUInt32BE(at + 4) / bytes.readUInt32BE(at)) * 10), Math.round(durationMs / 100));
});

test('it begins at the key frame before the second that was asked for, at the time that it has in the whole', async t => {
  const { bytes, durationMs } = t.context.film;
  const remuxer = createRemuxer({ runningMax: 1 });
  const startOf = async (fromS: number) => {
    using input = new Input({ source: new BufferSource((await remuxed(remuxer, new ReadFile(bytes), fromS)).bytes), formats: [MP4] });
    const track = (await input.getPrimaryVideoTrack())!;
    t.is((await new EncodedPacketSink(track).getFirstPacket())!.type, 'key');
    return await track.getFirstTimestamp();
  };
  const middleS = durationMs / 2000;
  const startS = await startOf(middleS);
  t.true(startS <= middleS && startS > middleS - 2.1, `${startS} for ${middleS}`);
  t.true((await startOf(durationMs)) > durationMs / 1000 - 2.1, 'beyond the end it is the last one');
});

test('what is not read is not made: of a long film only the beginning is asked for', async t => {
  const file = new ReadFile(t.context.film.bytes);
  await using film = await createRemuxer({ runningMax: 1 }).open(file, { fromS: 0, signal });
  const fragments = film.fragments[Symbol.asyncIterator]();
  for (let read = 0; read < 3; read += 1) t.true((await fragments.next()).value!.byteLength < 2 * MIB);
  const { givenBytes } = file;
  t.true(givenBytes < 8 * MIB, `${givenBytes} bytes`);
});

test('what cannot be played as MP4 is refused, with the reason', async t => {
  const remuxer = createRemuxer({ runningMax: 1 });
  const refused = async (file: ServedFile) => (await t.throwsAsync<Error & { readonly facts: object }>(remuxed(remuxer, file), { code: 'not_remuxable' }))!.facts;
  t.deepEqual(await refused(new ReadFile(t.context.soundless.bytes)), { name: NAME, obstacle: 'codec', codecs: ['pcm-s16'] });
  t.deepEqual(await refused(new ReadFile(randomBytes(100 * KIB, 1))), { name: NAME, obstacle: 'container', codecs: [] });
  t.deepEqual(await refused(new ReadFile(Buffer.from('RIFF\0\0\0\0AVI LIST'))), { name: NAME, obstacle: 'container', codecs: [] });
  t.deepEqual(await refused(new ReadFile(t.context.film.bytes.subarray(0, 500))), { name: NAME, obstacle: 'structure', codecs: [] });
});

test('a film whose pieces are larger than may be in memory is refused', async t => {
  const { bytes } = t.context.film;
  // The first cluster says that it has 64 MiB, and the file goes on for so long.
  const at = Buffer.from(bytes).indexOf('1f43b675', 0, 'hex');
  const large = Buffer.concat([bytes.subarray(0, at + 4), Buffer.from('0100000004000000', 'hex'), bytes.subarray(at + 12), Buffer.alloc(2 * limits.remuxReadMaxBytes)]);
  const grown = new ReadFile(large);
  await t.throwsAsync(remuxed(createRemuxer({ runningMax: 1 }), grown), { code: 'not_remuxable', message: /structure/ });
  t.true(grown.givenBytes < limits.remuxReadMaxBytes, `${grown.givenBytes} bytes`);
});

test('so many at once, and who goes away makes room at once', async t => {
  const file = new ReadFile(t.context.film.bytes);
  const remuxer = createRemuxer({ runningMax: 1 });
  const gone = new AbortController();
  const film = await remuxer.open(file, { fromS: 0, signal: gone.signal });
  await t.throwsAsync(remuxer.open(file, { fromS: 0, signal }), { code: 'remuxes_full', message: /"running":1/ });
  gone.abort(new Error('gone'));
  await t.throwsAsync(read(film.fragments), { message: 'gone' });
  await film[Symbol.asyncDispose]();
  t.true((await remuxed(remuxer, file)).bytes.length > 0);
});

test('who goes away while the film is waited for is not waited for', async t => {
  const file = new ReadFile(t.context.film.bytes);
  const remuxer = createRemuxer({ runningMax: 1 });
  const gone = new AbortController();
  let isAsked = false;
  const readNothing = (): Promise<number> => {
    isAsked = true;
    return new Promise((_, reject) => gone.signal.addEventListener('abort', () => reject(gone.signal.reason as Error)));
  };
  const opening = remuxer.open({ manifest: file.manifest, read: readNothing, [Symbol.asyncDispose]: async () => undefined }, { fromS: 0, signal: gone.signal });
  opening.catch(() => undefined);
  await eventually('it is read', () => isAsked);
  gone.abort(new Error('gone'));
  await t.throwsAsync(opening, { message: 'gone' });
  t.true((await remuxed(remuxer, file)).bytes.length > 0);
});

test('what reading the file fails with is what who watches is told', async t => {
  const file = new ReadFile(t.context.film.bytes);
  const fail = async () => {
    throw new Error('nobody has it');
  };
  await t.throwsAsync(remuxed(createRemuxer({ runningMax: 1 }), { manifest: file.manifest, read: fail, [Symbol.asyncDispose]: async () => undefined }), { message: 'nobody has it' });
});
