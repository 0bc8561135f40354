import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { systemClock } from '../../lib/base/clock.ts';
import { MINUTE_MS } from '../../lib/base/units.ts';
import type { ControlClient } from '../../lib/protocol/control.ts';
import { limits } from '../../lib/protocol/limits.ts';
import { CentralPair } from '../helpers/central-pair.ts';
import { eventually } from '../helpers/eventually.ts';
import type { Call } from '../helpers/load/caller.ts';
import { CentralLoad } from '../helpers/load/central-load.ts';
import { UPLOAD } from '../helpers/load/duties.ts';
import type { LoadFile, Standing } from '../helpers/load/load-file.ts';
import { sharedPostgres, withPostgres } from '../helpers/postgres.ts';

/** From the moment when a central is killed until it is gone. */
interface Kill {
  readonly sentAtMs: number;
  readonly goneAtMs: number;
  readonly url: string;
}

withPostgres(anyTest as TestFn, test => {
  const postgres = sharedPostgres(test);

  test('of two centrals under load one is killed: only what it had not answered may fail, what was acknowledged holds, and no copy is made twice', async t => {
    t.timeout(9 * MINUTE_MS);
    const pair = await CentralPair.start(t, await (await postgres()).database());
    const load = await CentralLoad.start(t, pair);
    await load.goesOn(3);
    const index = await pair.whoOrdersNext();
    const kill = await killCentral(pair, index);
    const survivor = pair.central(1 - index);
    await survivor.says(/copiar «/, { after: survivor.lines.length });
    await load.goesOn(3);
    await pair.restart(index);
    await load.goesOn(1);
    await load.stop();

    assertOnlyUnansweredFailed(t, load.calls, kill);
    await pair.whenServing(index);
    const { control, calls } = await load.visit(kill.url);
    t.deepEqual(calls.filter(({ failure }) => failure !== undefined), []);
    for (const file of load.files) await assertStands(t, file, control);
    await assertStored(t, pair, load.files);
  });
});

async function killCentral(pair: CentralPair, index: number): Promise<Kill> {
  const [url] = pair.urlsFrom(index);
  const sentAtMs = systemClock.now();
  await pair.central(index).stop('SIGKILL');
  return { sentAtMs, goneAtMs: systemClock.now(), url: url! };
}

function assertOnlyUnansweredFailed(t: ExecutionContext, calls: readonly Call[], { sentAtMs, goneAtMs, url }: Kill): void {
  const failed = calls.filter(({ failure }) => failure !== undefined);
  const inFlight = calls.filter(({ begunAtMs, endedAtMs, unansweredBy }) => begunAtMs < goneAtMs && endedAtMs > sentAtMs && unansweredBy.includes(url));
  const later = calls.filter(({ begunAtMs }) => begunAtMs >= goneAtMs);
  t.log(`${calls.length} calls, ${later.length} of them after the kill; ${inFlight.length} in flight, of which failed: ${failed.map(({ what, failure }) => `${what}, ${failure}`).join('; ')}`);
  t.true(inFlight.length > 0);
  t.deepEqual(failed.filter(call => !inFlight.includes(call)), []);
  t.deepEqual(failed.filter(({ what }) => what === UPLOAD), [], 'uploads go on by themselves');
}

/** The catalogue has it once, as it was acknowledged last; where an answer is missing, as it was before or after that order. */
async function assertStands(t: ExecutionContext, file: LoadFile, { videos, trash }: ControlClient): Promise<void> {
  const page = { limit: limits.pageMaxItems };
  const isIt = ({ id }: { readonly id: string }) => id === file.id;
  const listed = (await videos.list(page)).items.filter(isIt).map(({ name }): Standing => ({ name, isRemoved: false }));
  const removed = (await trash.list(page)).items.filter(isIt).map(({ name }): Standing => ({ name, isRemoved: true }));
  const [standing, ...others] = [...listed, ...removed];
  const expected = file.doubt && standing?.name === file.doubt.name && standing.isRemoved === file.doubt.isRemoved ? file.doubt : file.standing;
  t.deepEqual(standing, expected);
  t.deepEqual(others, []);
  file.standing = expected;
}

/** Each name has its replicas in the folders, which hold nothing else; their bytes are right, and each was made once. */
async function assertStored(t: ExecutionContext, pair: CentralPair, files: readonly LoadFile[]): Promise<void> {
  const live = files.filter(({ standing }) => !standing.isRemoved);
  const names = live.map(({ standing }) => standing.name);
  await eventually('the folders hold what the catalogue tells', async () => {
    const stored = (await pair.folders()).flat();
    const replicasOf = (file: LoadFile) => stored.filter(name => name === file.standing.name).length;
    return stored.every(name => names.includes(name)) && live.every(file => isRight(replicasOf(file), file));
  }, 2 * MINUTE_MS);
  t.deepEqual(await pair.download(names), live.map(({ bytes }) => bytes));
  const made = (file: LoadFile) => file.names.reduce((sum, name) => sum + pair.uploadsTaken(name) + pair.copiesMade(name), 0);
  // A secondary tells of a file a moment after it is in the folder; one that was removed early may never have had them all.
  await eventually('each replica was told of', () => live.every(file => made(file) >= CentralPair.replicas));
  t.deepEqual(files.filter(file => made(file) > mostReplicas(file)).map(file => [file.names, made(file)]), []);
}

function isRight(replicas: number, file: LoadFile): boolean {
  return replicas >= CentralPair.replicas && replicas <= mostReplicas(file);
}

/** A file that is downloaded again and again is worth more replicas than others. */
function mostReplicas({ downloads }: LoadFile): number {
  return CentralPair.replicas + (downloads >= limits.hotFileDownloads ? limits.hotFileExtraReplicas : 0);
}
