import anyTest, { type TestFn } from 'ava';
import { runForeign, testWith } from '../helpers/installed-program.ts';
import { withInteropSite, type InteropContext } from '../helpers/interop-site.ts';
import { metricsIn } from '../helpers/metrics-text.ts';

const test = anyTest as TestFn<InteropContext>;
withInteropSite(test);

testWith(test.serial, 'promtool', 'finds nothing to say against the metrics of the central and of a secondary', async t => {
  const { site } = t.context;
  const central = new URL('/', site.url()).href;
  const node = new URL('/', site.mirrors[0]!).href;
  await (await fetch(site.mirrors[0]!)).arrayBuffer();
  for (const url of [central, node]) {
    await fetch(`${url}metrics`);
    // The second answer has how late timers are, since the first.
    const text = await (await fetch(`${url}metrics`)).text();
    const { status, output } = await runForeign(t, 'promtool', ['check', 'metrics'], { cwd: '.', input: text });
    t.is(status, 0, `${url}\n${output}`);
    t.is(output, '', url);
    t.true(metricsIn(text).get('process_resident_memory_bytes')! > 1e6, url);
  }
});

testWith(test.serial, 'curl', 'sees in the metrics what the programs do', async t => {
  const { site } = t.context;
  const ask = async (url: string) => metricsIn((await runForeign(t, 'curl', ['--silent', '--fail', new URL('/metrics', url).href], { cwd: '.' })).output);
  const central = await ask(site.url());
  t.is(central.get('videopartes_nodes{state="up"}'), 3);
  t.is(central.get('videopartes_nodes{state="down"}'), 0);
  t.is(central.get('videopartes_videos'), 1);
  t.is(central.get('videopartes_videos_bytes'), site.manifest.sizeBytes);
  t.is(central.get('videopartes_replicas_wanted'), 3);
  t.is(central.get('videopartes_under_replicated_files'), 0);
  t.is(central.get('videopartes_catalog_up'), 1);
  t.is(central.get('videopartes_central_downloads_total{outcome="done"}'), 0);

  const before = await ask(site.mirrors[1]!);
  await (await fetch(site.mirrors[1]!, { headers: { range: 'bytes=0-999' } })).arrayBuffer();
  const after = await ask(site.mirrors[1]!);
  const grown = (name: string) => after.get(name)! - before.get(name)!;
  t.is(grown('videopartes_secondary_served_bytes_total'), 1000);
  t.is(after.get('videopartes_secondary_files'), 1);
  t.is(after.get('videopartes_secondary_central_up'), 1);
  t.true(after.get('videopartes_secondary_free_bytes')! > 0);
});
