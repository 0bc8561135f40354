import { open } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { systemClock, type Clock } from '../../../lib/base/clock.ts';
import { halfWay } from '../../../lib/apps/demo/half-way.ts';
import { KIB, MIB } from '../../../lib/base/units.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('a file is half way when half of it was written, wherever', async t => {
  const path = join(await temporaryDirectory(t), 'video.partial');
  const looks: string[] = [];
  let written = 0;
  const clock: Clock = {
    ...systemClock,
    // Each time that nothing is to be seen yet, something happens.
    async sleep() {
      looks.push(`${written} KiB`);
      await using file = await open(path, 'a+');
      if (written === 0) await file.truncate(MIB);
      written += 256;
      await file.write(Buffer.alloc(256 * KIB, 1));
    },
  };
  await halfWay(path, MIB, clock, new AbortController().signal);
  t.deepEqual(looks.slice(0, 2), ['0 KiB', '256 KiB']);
});

test('watching ends with the download', async t => {
  const reason = new Error('over');
  const watching = halfWay(join(await temporaryDirectory(t), 'absent'), MIB, systemClock, AbortSignal.abort(reason));
  t.is(await t.throwsAsync(watching), reason);
});
