import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { eventually } from '../helpers/eventually.ts';
import { runForeign, testWith } from '../helpers/installed-program.ts';
import { sha256 } from '../helpers/manifests.ts';
import { isLike, linesOf } from '../helpers/page-commands.ts';
import { hashFile, ProcessCluster } from '../helpers/process-cluster.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const test = anyTest as TestFn<{ readonly cluster: ProcessCluster; readonly hash: string }>;
const CENTRAL = /http:\/\/127\.0\.0\.1:50000/g;
const PAGES = ['README.md', 'docs/operating.md'];
const costa = randomBytes(MIB + 17, 4);
const closing: (() => unknown)[] = [];

test.before('three secondaries hold the file that the pages speak of', async t => {
  t.timeout(120_000);
  const cluster = await ProcessCluster.start({ teardown: close => void closing.unshift(close) }, { secondaries: 3 });
  t.context = { cluster, hash: await cluster.addFile('faro.mp4', 8 * MIB + 12_345, 3) };
});

test.after.always('the programs are stopped', async () => {
  for (const close of closing) await close();
});

for (const program of ['curl', 'aria2c', 'wget2'] as const) {
  testWith(test.serial, program, 'does what README and the page for who runs a system say', async t => {
    const { cluster, hash } = t.context;
    const lines = PAGES.flatMap(page => linesOf(page, program));
    t.true(lines.length > 0);
    for (const { line, answer } of lines) {
      const cwd = await temporaryDirectory(t);
      await writeFile(join(cwd, 'costa.mp4'), costa);
      const typed = line.replace(CENTRAL, `http://127.0.0.1:${cluster.centralPort}`);
      t.not(typed, line, 'it asks the central of the test');
      const { status, output } = await runForeign(t, 'bash', ['-c', `set -o pipefail; ${typed}`], { cwd });
      t.is(status, 0, `${line}\n${output}`);
      if (answer !== undefined) t.true(isLike(JSON.parse(output.slice(output.lastIndexOf('\n{') + 1)), answer), `${line}\n${output}`);
      await assertCame(line, cwd);
    }

    async function assertCame(line: string, cwd: string): Promise<void> {
      if (line.includes('principio.bin')) {
        const [part, whole] = [await readFile(join(cwd, 'principio.bin')), await readFile(join(cluster.folderOf(1), 'faro.mp4'))];
        t.true(part.equals(whole.subarray(0, MIB)), line);
      } else if (line.includes('/files/')) t.is(await hashFile(join(cwd, 'faro.mp4')), hash, line);
      else if (line.includes('/upload')) await eventually('it is there', async () => (await cluster.ask<{ id?: string }>('/video?name=costa.mp4')).id);
    }
  });
}

testWith(test.serial, 'curl', 'stores what README sends, byte for byte', async t => {
  const { cluster } = t.context;
  const cwd = await temporaryDirectory(t);
  const { status, output } = await runForeign(t, 'curl', ['-sSfLo', 'vuelta.mp4', `http://127.0.0.1:${cluster.centralPort}/files/costa.mp4`], { cwd });
  t.is(status, 0, output);
  t.is(await hashFile(join(cwd, 'vuelta.mp4')), sha256(costa));
});
