import type { ExecutionContext, TestFn } from 'ava';
import type { PartRooms } from '../../lib/domain/download/part-rooms.ts';
import { sha256 } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

/** The promises of `lib/domain/download/part-rooms.ts`. */
export function partRoomsContract(test: TestFn, name: string, make: (t: ExecutionContext) => Promise<PartRooms>): void {
  const bytes = randomBytes(700_001, 3);

  test(`${name}: what was put in pieces, in any order and at once, is read as it was, from anywhere`, async t => {
    const room = (await make(t)).take(bytes.byteLength);
    const middle = 300_007;
    await Promise.all([room.write(middle, bytes.subarray(middle)), room.write(0, bytes.subarray(0, middle))]);
    for (const [start, end] of [[0, bytes.byteLength], [middle - 5, middle + 5], [bytes.byteLength - 1, bytes.byteLength], [7, 7]] as const) {
      const buffer = Buffer.alloc(end - start);
      await room.read(buffer, start);
      t.true(buffer.equals(bytes.subarray(start, end)));
    }
    t.is(await room.digest(), sha256(bytes));
    room.release();
  });

  test(`${name}: of two writes to one place the later one wins`, async t => {
    const room = (await make(t)).take(bytes.byteLength);
    await Promise.all([room.write(0, new Uint8Array(bytes.byteLength)), room.write(0, bytes)]);
    t.is(await room.digest(), sha256(bytes));
    room.release();
  });

  test(`${name}: rooms that are taken at once have nothing in common, and one that was released is used again`, async t => {
    const rooms = await make(t);
    const contents = Array.from({ length: 8 }, (_, seed) => randomBytes(50_000 + seed, seed));
    for (let round = 0; round < 3; round += 1) {
      const taken = contents.map(content => rooms.take(content.byteLength));
      await Promise.all(taken.map((room, index) => room.write(0, contents[index]!)));
      for (const [index, room] of taken.entries()) t.is(await room.digest(), sha256(contents[index]!));
      for (const room of taken) room.release();
    }
  });
}
