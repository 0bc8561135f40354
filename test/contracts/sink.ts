import type { ExecutionContext, TestFn } from 'ava';
import type { Sink } from '../../lib/domain/download/sink.ts';
import { partRange, type Manifest } from '../../lib/domain/manifest.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

export interface SinkUnderTest {
  open(): Promise<Sink>;
  /** What a person finds under the final name; undefined while nothing is there. */
  visible(): Promise<Uint8Array | undefined>;
}

/** The promises of `lib/domain/download/sink.ts`. */
export function sinkContract(test: TestFn, name: string, make: (t: ExecutionContext, manifest: Manifest) => Promise<SinkUnderTest>): void {
  const bytes = randomBytes(3 * 1024 * 1024 + 777, 7);
  const manifest = manifestOf(bytes);
  const partBytes = (part: number) => {
    const { start, end } = partRange(manifest, part);
    return bytes.subarray(start, end);
  };

  test(`${name}: parts written in any order, at once, become the file`, async t => {
    const under = await make(t, manifest);
    await using sink = await under.open();
    await Promise.all([3, 1, 0, 2].map(part => sink.write(part, partBytes(part))));
    t.is(await under.visible(), undefined);
    await sink.finish();
    t.deepEqual(await under.visible(), Buffer.from(bytes));
  });

  test(`${name}: what was written before closing is present in the next run`, async t => {
    const under = await make(t, manifest);
    {
      await using sink = await under.open();
      t.is(sink.present.size, 0);
      await sink.write(2, partBytes(2));
      await sink.write(3, partBytes(3));
    }
    t.is(await under.visible(), undefined);
    await using sink = await under.open();
    t.deepEqual([...sink.present].sort(), [2, 3]);
    await sink.write(0, partBytes(0));
    await sink.write(1, partBytes(1));
    await sink.finish();
    t.deepEqual(await under.visible(), Buffer.from(bytes));
  });

  test(`${name}: an empty file is finished without a part`, async t => {
    const under = await make(t, manifestOf(new Uint8Array(0)));
    await using sink = await under.open();
    await sink.finish();
    t.is((await under.visible())?.byteLength, 0);
  });
}
