import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { EncodedPacketSink, FilePathSource, Input, MP4, type EncodedPacket } from 'mediabunny';
import { makeSampleVideo } from '../../lib/apps/demo/sample-video.ts';
import { createTestCard, type TestCard } from '../../lib/apps/demo/test-card.ts';
import { MIB } from '../../lib/base/units.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const card: TestCard = { width: 320, height: 180, framesPerSecond: 25, frames: 50 };

test('the sample has the size asked for, every frame at its time, and a key frame each second', async t => {
  const path = join(await temporaryDirectory(t), 'muestra.mp4');
  const made = await makeSampleVideo(path, { sizeBytes: 3 * MIB, card, signal: new AbortController().signal });

  const { size } = await stat(path);
  t.true(size >= 3 * MIB && size < 5 * MIB, `${size} bytes`);
  using input = new Input({ source: new FilePathSource(path), formats: [MP4] });
  t.is(Math.round((await input.computeDuration()) * 1000), made.durationMs);
  const track = (await input.getPrimaryVideoTrack())!;
  t.is(await track.getCodec(), 'avc');

  const packets: EncodedPacket[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  const frames = Array.from({ length: made.frames }, (_, frame) => frame);
  t.deepEqual(packets.map(({ timestamp }) => Math.round(timestamp * 1000)), frames.map(frame => frame * 40));
  t.deepEqual(packets.map(({ type }) => type), frames.map(frame => (frame % 25 === 0 ? 'key' : 'delta')));
  t.deepEqual(packets[50]!.data, packets[0]!.data, 'the scene begins again');
});

test('a sample that nobody wants any more is left at once', async t => {
  const path = join(await temporaryDirectory(t), 'muestra.mp4');
  const stop = new AbortController();
  const making = makeSampleVideo(path, { card, signal: stop.signal });
  const reason = new Error('enough');
  stop.abort(reason);
  t.is(await t.throwsAsync(making), reason);
});

test('no two frames of a scene are the same, and the same card gives the same frames', t => {
  const [first, second] = [createTestCard(card), createTestCard(card)].map(draw => [draw(0), draw(1)]);
  t.deepEqual(first, second);
  t.notDeepEqual(first![0], first![1]);
  t.is(first![0]!.byteLength, (320 * 180 * 3) / 2);
});
