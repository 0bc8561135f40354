import { readdir, rm } from 'node:fs/promises';
import anyTest, { type TestFn } from 'ava';
import { seededRandom } from '../../lib/base/random.ts';
import { MIB } from '../../lib/base/units.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { mountSmallDisk } from '../helpers/mounts.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { ResumeSite } from '../helpers/resume-site.ts';
import { tearJournal } from '../helpers/unfinished-file.ts';

const test = anyTest as TestFn<{ readonly site: ResumeSite }>;
const ROUNDS = 50;
const NAME = 'resucitado.mp4';
const bytes = randomBytes(64 * MIB + 4321, 41);
const manifest = manifestOf(bytes, NAME);
/** `SEED=… npm run test:slow` repeats the same kills. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const random = seededRandom(seed);
/** The client must not have ended before it is killed. */
const KILLABLE_BYTES = bytes.length - 4 * MIB;
const teardowns: (() => unknown)[] = [];

test.before('two secondaries hold a video of 64 MiB', async t => {
  t.log(`seed ${seed}`);
  const site = await ResumeSite.open({ teardown: close => void teardowns.unshift(close) }, manifest, bytes);
  t.context = { site };
});

test.after.always('everything is stopped', async () => {
  for (const close of teardowns) await close();
});

for (let round = 1; round <= ROUNDS; round += 1) {
  const killAt = Math.floor(random() * KILLABLE_BYTES);
  // A run that was interrupted before leaves a journal that vouches for something.
  const interruptAt = round % 2 === 0 ? Math.floor(random() * killAt) : undefined;
  const isTorn = round % 3 === 0;
  const before = interruptAt === undefined ? '' : ` after an interruption at ${interruptAt}`;
  test.serial(`${round}: killed at byte ${killAt}${before}${isTorn ? ', its journal torn' : ''}: the file is whole, and nothing is fetched twice`, async t => {
    const { site } = t.context;
    const folder = `ronda-${round}`;
    if (interruptAt !== undefined) await site.interrupted(t, folder, interruptAt, 'SIGINT');
    await site.interrupted(t, folder, killAt - (interruptAt ?? 0), 'SIGKILL');
    if (isTorn) await tearJournal(site.path(folder, NAME), seededRandom(seed + round));
    await site.assertResumes(t, folder);
    t.deepEqual(await readdir(site.path(folder)), [NAME]);
    await rm(site.path(folder), { recursive: true });
  });
}

for (let round = 1; round <= 5; round += 1) {
  const killAt = Math.floor(random() * 30 * MIB);
  test.serial(`full disk ${round}: killed at byte ${killAt}, then no room is left, then there is: nothing is fetched twice`, async t => {
    const { site } = t.context;
    const folder = `disco-${round}`;
    const disk = await mountSmallDisk(t, site.path(folder), { sizeMib: 40 });
    if (!disk) return;
    await site.interrupted(t, folder, killAt, 'SIGKILL');
    const full = await site.download(t, folder);
    t.is(await full.ended, 1);
    t.regex(full.errors.join('\n'), /^videocliente: No queda sitio en el disco para [^\n]+$/m);
    await disk.resize(100);
    await site.assertResumes(t, folder);
  });
}

for (let round = 1; round <= 5; round += 1) {
  const killAt = Math.floor(random() * KILLABLE_BYTES);
  test.serial(`read-only ${round}: killed at byte ${killAt}, then nothing may be written, then it may: nothing is fetched twice`, async t => {
    const { site } = t.context;
    const folder = `fijo-${round}`;
    const disk = await mountSmallDisk(t, site.path(folder), { sizeMib: 100 });
    if (!disk) return;
    await site.interrupted(t, folder, killAt, 'SIGKILL');
    await disk.setReadOnly(true);
    const refused = await site.download(t, folder);
    t.is(await refused.ended, 1);
    t.regex(refused.errors.join('\n'), /^videocliente: No se puede escribir en [^\n]+$/m);
    await disk.setReadOnly(false);
    await site.assertResumes(t, folder);
  });
}
