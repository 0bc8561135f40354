import test from 'ava';
import { CentralSite } from '../../helpers/central-site.ts';
import { eventually } from '../../helpers/eventually.ts';
import { metricsAt } from '../../helpers/metrics-text.ts';
import { ownPostgres, withPostgres } from '../../helpers/postgres.ts';

test('a central that can answer says that it is ready', async t => {
  const { central } = await CentralSite.open(t);
  const answer = await fetch(`${central.url}/ready`);
  t.deepEqual([answer.status, await answer.json()], [200, { status: 'ready' }]);
});

withPostgres(test, test =>
  test('while its database is away a central lives and is not ready, tells so in its metrics, and is ready again with it', async t => {
    const server = await ownPostgres(t);
    const { central } = await CentralSite.open(t, { databaseUrl: await server.database() });
    const statusOf = async (path: string) => (await fetch(`${central.url}${path}`)).status;
    t.is(await statusOf('/ready'), 200);
    t.is((await metricsAt(central.url)).get('videopartes_catalog_up'), 1);
    await server.stop();
    const away = await fetch(`${central.url}/ready`);
    t.is(away.status, 503);
    t.like(await away.json(), { code: 'catalog_unavailable', details: { url: 'postgres:' } });
    const told = await metricsAt(central.url);
    t.is(told.get('videopartes_catalog_up'), 0);
    t.is(told.get('videopartes_replicas_wanted'), 3, 'the rest is told all the same');
    t.false(told.has('videopartes_videos'));
    await server.resume();
    await eventually('it is ready again', async () => (await statusOf('/ready')) === 200);
  }),
);
