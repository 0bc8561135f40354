import test from 'ava';
import { ServiceRuns } from '../../lib/domain/service-runs.ts';

test('requests of one client for one video are one download while no pause reaches the gap', t => {
  const runs = new ServiceRuns(30_000);
  t.true(runs.touch('10.0.0.1', 'film', 0));
  t.false(runs.touch('10.0.0.1', 'film', 29_999));
  t.false(runs.touch('10.0.0.1', 'film', 59_998));
  t.true(runs.touch('10.0.0.1', 'film', 89_998));
});

test('another client and another video are other downloads', t => {
  const runs = new ServiceRuns(30_000);
  t.true(runs.touch('10.0.0.1', 'film', 0));
  t.true(runs.touch('10.0.0.2', 'film', 1000));
  t.true(runs.touch('10.0.0.1', 'series', 2000));
  t.deepEqual(runs.recent(1500, 2400).map(({ client }) => client), ['10.0.0.2', '10.0.0.1']);
});
