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

  const put = async (sink: Sink, part: number) => {
    const middle = 1000;
    await Promise.all([
      sink.write(part, middle, partBytes(part).subarray(middle)),
      sink.write(part, 0, partBytes(part).subarray(0, middle)),
    ]);
    await sink.keep(part);
  };

  test(`${name}: parts written in any order, at once, become the file`, async t => {
    const under = await make(t, manifest);
    await using sink = await under.open();
    await Promise.all([3, 1, 0, 2].map(part => put(sink, part)));
    t.is(await under.visible(), undefined);
    await sink.finish();
    t.deepEqual(await under.visible(), Buffer.from(bytes));
  });

  test(`${name}: what was written before closing is present in the next run`, async t => {
    const under = await make(t, manifest);
    {
      await using sink = await under.open();
      t.is(sink.present.size, 0);
      await put(sink, 2);
      await put(sink, 3);
    }
    t.is(await under.visible(), undefined);
    await using sink = await under.open();
    t.deepEqual([...sink.present].sort(), [2, 3]);
    await put(sink, 0);
    await put(sink, 1);
    await sink.finish();
    t.deepEqual(await under.visible(), Buffer.from(bytes));
  });

  test(`${name}: an empty file is finished without a part`, async t => {
    const under = await make(t, manifestOf(new Uint8Array(0)));
    await using sink = await under.open();
    await sink.finish();
    t.is((await under.visible())?.byteLength, 0);
  });

  test(`${name}: of two writes to one place the later one wins, and reading back tells right from wrong`, async t => {
    const under = await make(t, manifest);
    await using sink = await under.open();
    const wrong = new Uint8Array(partBytes(1).byteLength).fill(7);
    await Promise.all([sink.write(1, 0, partBytes(1)), sink.write(1, 0, wrong)]);
    t.false(await sink.verify(1));
    await Promise.all([sink.write(1, 0, wrong), sink.write(1, 0, partBytes(1))]);
    t.true(await sink.verify(1));
  });

  test(`${name}: what was written and not kept is not trusted by the next run`, async t => {
    const under = await make(t, manifest);
    {
      await using sink = await under.open();
      await put(sink, 0);
      await sink.write(1, 0, partBytes(1).subarray(0, 1000));
      await sink.write(2, 0, new Uint8Array(partBytes(2).byteLength).fill(7));
    }
    await using sink = await under.open();
    t.deepEqual([...sink.present], [0]);
  });
}
