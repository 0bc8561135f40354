import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { KIB } from '../../lib/base/units.ts';
import { freePorts } from '../../lib/io/http/free-ports.ts';
import { formatMetalink } from '../../lib/protocol/metalink.ts';
import { startFaultyMirror } from '../helpers/faulty-mirror.ts';
import { testWith } from '../helpers/installed-program.ts';
import { withInteropSite, type InteropContext } from '../helpers/interop-site.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const test = anyTest as TestFn<InteropContext>;
withInteropSite(test);

// It counts connections by host name and not by port: here all mirrors are one host.
const FLAGS = ['--no-conf', '--quiet', '--split=16', '--max-connection-per-server=16', '--min-split-size=1M'];
const BITTORRENT = ['--seed-time=0', '--enable-dht=false', '--bt-enable-lpd=false', '--enable-peer-exchange=false'];

testWith(test.serial, 'aria2c', 'fetches what the metalink of the central describes', async t => {
  await t.context.site.fetchWith(t, 'aria2c', [...FLAGS, '--follow-metalink=mem', t.context.site.url('.meta4')]);
});

testWith(test.serial, 'aria2c', 'fetches the file although one mirror of the metalink is dead, one corrupt and one slow', async t => {
  const { site } = t.context;
  const [first, dead, third] = site.mirrors as [string, string, string];
  // Hosts of their own, a few connections to each: so that all of them take part.
  const corrupt = await startFaultyMirror(t, first, { type: 'corrupt' }, '127.0.0.2');
  const slow = await startFaultyMirror(t, third, { type: 'slow', bytesPerSecond: 512 * KIB }, '127.0.0.3');
  await site.cluster.killSecondary(2);
  t.teardown(() => site.cluster.startSecondary(2));
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, 'faro.meta4'), formatMetalink(site.manifest, [corrupt.url, dead, slow.url, third]));
  await site.fetchWith(t, 'aria2c', [...FLAGS, '--max-connection-per-server=4', '--max-tries=0', '--metalink-file=faro.meta4'], { cwd });
  t.true(corrupt.sentBytes > 0 && slow.sentBytes > 0, 'both took part');
});

testWith(test.serial, 'aria2c', 'learns of every mirror from the one URL at the central: the one that it is led to may be dead', async t => {
  const { site } = t.context;
  const { headers } = await fetch(site.url(), { redirect: 'manual' });
  const number = site.mirrors.indexOf(headers.get('location')!) + 1;
  await site.cluster.killSecondary(number);
  t.teardown(() => site.cluster.startSecondary(number));
  await site.fetchWith(t, 'aria2c', [...FLAGS, site.url()]);
});

for (const version of ['1', 'hybrid']) {
  testWith(test.serial, 'aria2c', `fetches a torrent of version ${version} from its web seeds alone`, async t => {
    const [port] = await freePorts(1);
    const flags = [...FLAGS, ...BITTORRENT, `--listen-port=${port}`, '--follow-torrent=mem'];
    await t.context.site.fetchWith(t, 'aria2c', [...flags, `${t.context.site.url('.torrent')}?version=${version}`]);
  });
}
