import test from 'ava';
import * as fc from 'fast-check';
import { EncodedPacket } from 'mediabunny';
import { nextCut, type Cut, type CutTrack } from '../../../lib/io/media/cut.ts';

const FRAME_S = 0.04;
const options = { minS: 2, maxBytes: 1000, name: 'film' };

class ListedTrack implements CutTrack {
  readonly packets: readonly EncodedPacket[];
  #at = 0;

  constructor(packets: readonly EncodedPacket[]) {
    this.packets = packets;
  }

  get next(): EncodedPacket | undefined {
    return this.packets[this.#at];
  }

  async advance(): Promise<void> {
    this.#at += 1;
  }
}

const packet = (type: 'key' | 'delta', startS: number, durationS: number) => new EncodedPacket(Buffer.alloc(1), type, startS, durationS);
const pictures = (gops: readonly number[]) =>
  new ListedTrack(gops.flatMap(frames => Array.from({ length: frames }, (_, frame) => frame === 0)).map((isKey, index) => packet(isKey ? 'key' : 'delta', index * FRAME_S, FRAME_S)));
const sounds = (count: number, startS: number) => new ListedTrack(Array.from({ length: count }, (_, index) => packet('key', startS + index * 0.023, 0.023)));

async function allCuts(tracks: readonly ListedTrack[]): Promise<Cut<ListedTrack>[]> {
  const cuts: Cut<ListedTrack>[] = [];
  for (let cut = await nextCut(tracks, options); cut; cut = await nextCut(tracks, options)) cuts.push(cut);
  return cuts;
}

test('every packet is in one cut, in its order; cuts begin with key frames and leave no time between them', async t => {
  const film = fc.record({ gops: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 }), heard: fc.nat(400), heardFromS: fc.constantFrom(-0.02, 0, 0.5) });
  await fc.assert(
    fc.asyncProperty(film, async ({ gops, heard, heardFromS }) => {
      const tracks = [pictures(gops), sounds(heard, heardFromS)];
      const cuts = await allCuts(tracks);
      for (const track of tracks) {
        t.deepEqual(cuts.flatMap(({ packets }) => packets.filter(carried => carried.track === track).map(carried => carried.packet)), track.packets);
      }
      for (const [index, { packets, startS, endS }] of cuts.entries()) {
        t.is(packets.find(({ track }) => track === tracks[0])?.packet.type ?? 'key', 'key');
        if (index < cuts.length - 1) t.is(endS, cuts[index + 1]!.startS);
        if (index < cuts.length - 1) t.true(endS - startS > 1.99, `${endS - startS}`);
      }
      const all = tracks.flatMap(track => track.packets);
      t.is(cuts[0]!.startS, Math.min(...all.map(({ timestamp }) => timestamp)));
      t.is(cuts.at(-1)!.endS, Math.max(...all.map(({ timestamp, duration }) => timestamp + duration)));
    }),
  );
});

test('what is heard for a moment longer than the film is seen belongs to its end; what is heard much longer does not', async t => {
  t.is((await allCuts([pictures([50, 50]), sounds(220, 0)])).length, 2);
  t.is((await allCuts([pictures([50, 50]), sounds(300, 0)])).length, 3);
});

test('a last packet whose length nobody knows takes as long as the others', async t => {
  const [cut] = await allCuts([new ListedTrack([packet('key', 0, 1), packet('delta', 3, 1), packet('delta', 1, 1), packet('delta', 2, 0)])]);
  t.is(cut!.endS, 4);
});

test('too much between two key frames is refused', async t => {
  await t.throwsAsync(allCuts([pictures([1001])]), { code: 'not_remuxable', message: /structure/ });
});
