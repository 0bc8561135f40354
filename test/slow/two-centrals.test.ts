import anyTest, { type TestFn } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { CentralPair } from '../helpers/central-pair.ts';
import { sharedPostgres, withPostgres } from '../helpers/postgres.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const COPIES = CentralPair.replicas - 1;
const WITHIN_MS = 60_000;

withPostgres(anyTest as TestFn, test => {
  const postgres = sharedPostgres(test);

  test('of two centrals one is killed while it orders copies: the other finishes, and makes no copy twice', async t => {
    const pair = await CentralPair.start(t, await (await postgres()).database());
    const bytes = randomBytes(4 * MIB, 1);
    await pair.cluster.putVideo(1, 'uno.mp4', bytes);
    const planner = await pair.whoOrdered('uno.mp4');
    await pair.central(planner).stop('SIGKILL');
    await pair.whenWhole('uno.mp4', 1 - planner);
    await pair.cluster.putVideo(2, 'dos.mp4', randomBytes(4 * MIB, 2));
    await pair.whenWhole('dos.mp4', 1 - planner);
    t.deepEqual(await pair.download(['uno.mp4']), [bytes]);
    t.deepEqual(['uno.mp4', 'dos.mp4'].map(name => pair.copiesMade(name)), [COPIES, COPIES]);
  });

  test('a central that is paused while it orders copies, and wakes when the other has taken over, changes nothing', async t => {
    const pair = await CentralPair.start(t, await (await postgres()).database());
    await pair.cluster.putVideo(1, 'uno.mp4', randomBytes(4 * MIB, 1));
    const planner = await pair.whoOrdered('uno.mp4');
    const paused = pair.central(planner);
    paused.signal('SIGSTOP');
    await pair.whenWhole('uno.mp4', 1 - planner);
    await pair.cluster.putVideo(2, 'dos.mp4', randomBytes(4 * MIB, 2));
    await pair.central(1 - planner).says(/copiar «dos\.mp4»/, { withinMs: WITHIN_MS });
    paused.signal('SIGCONT');
    for (const at of [0, 1]) await pair.whenWhole('dos.mp4', at);
    t.deepEqual(['uno.mp4', 'dos.mp4'].map(name => pair.copiesMade(name)), [COPIES, COPIES]);
    t.false(paused.lines.some(line => line.includes('copiar «dos.mp4»')));
  });
});
