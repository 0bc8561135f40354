import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { testWith, type ForeignEnd } from '../helpers/installed-program.ts';
import { withInteropSite, type InteropContext } from '../helpers/interop-site.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const test = anyTest as TestFn<InteropContext>;
withInteropSite(test);

const SCRIPT = resolve('test/interop/libtorrent-download.py');

async function fetchTorrent(t: ExecutionContext<InteropContext>, url: string): Promise<ForeignEnd> {
  const cwd = await temporaryDirectory(t);
  const answer = await fetch(url);
  t.is(answer.status, 200);
  await writeFile(join(cwd, 'faro.torrent'), Buffer.from(await answer.arrayBuffer()));
  return t.context.site.fetchWith(t, 'libtorrent', [SCRIPT, 'faro.torrent', '.'], { cwd });
}

for (const [version, protocols] of [['1', 'v1'], ['2', 'v2'], ['hybrid', 'v1 v2']] as const) {
  testWith(test.serial, 'libtorrent', `fetches a torrent of version ${version} from its web seeds alone`, async t => {
    const { output } = await fetchTorrent(t, `${t.context.site.url('.torrent')}?version=${version}`);
    t.regex(output, new RegExp(`^protocols: ${protocols}$`, 'm'));
  });
}

testWith(test.serial, 'libtorrent', 'fetches the torrent of one secondary', async t => {
  await fetchTorrent(t, `${t.context.site.mirrors[0]}.torrent`);
});
