import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { runForeign, testWith } from '../helpers/installed-program.ts';
import { commandsIn, isLike } from '../helpers/page-commands.ts';
import { hashFile, ProcessCluster } from '../helpers/process-cluster.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const test = anyTest as TestFn<{ readonly cluster: ProcessCluster; readonly sha256: string }>;
const NAME = 'El faro de la niña.mp4';
const SIZE_BYTES = 3_000_000;
const closing: (() => unknown)[] = [];
const COMMANDS = commandsIn('docs/rpc.md');
/** Between the answers of the page's commands. */
const MARK = '\u{1e}';

test.before('two secondaries hold a file', async t => {
  t.timeout(120_000);
  const cluster = await ProcessCluster.start({ teardown: close => void closing.unshift(close) }, { secondaries: 2 });
  t.context = { cluster, sha256: await cluster.addFile(NAME, SIZE_BYTES, 2) };
});

test.after.always('the programs are stopped', async () => {
  for (const close of closing) await close();
});

testWith(test.serial, 'bash', 'runs the commands of docs/rpc.md, and the answers have the fields that the page shows', async t => {
  const { cluster, sha256 } = t.context;
  const cwd = await temporaryDirectory(t);
  const script = COMMANDS.map(command => `${command.script}printf '${MARK}'\n`).join('');
  const prelude = `set -euo pipefail\nCENTRAL=http://127.0.0.1:${cluster.centralPort}\n`;
  const { status, output } = await runForeign(t, 'bash', ['-c', prelude + script], { cwd });
  t.is(status, 0, output);
  const answers = output.split(MARK);
  t.true(COMMANDS.length > 10);
  for (const [index, { script: asked, answer }] of COMMANDS.entries()) {
    if (answer === undefined) t.is(answers[index]!.trim(), '', asked);
    else t.true(isLike(JSON.parse(answers[index]!), answer), `${asked}answered ${answers[index]}`);
  }
  t.is(await hashFile(join(cwd, 'faro.mp4')), sha256);
});

testWith(test.serial, 'python3', 'downloads, verifies and closes its ticket with the example of the documents', async t => {
  const { cluster, sha256 } = t.context;
  const cwd = await temporaryDirectory(t);
  const example = resolve('docs/examples/download.py');
  const central = `http://127.0.0.1:${cluster.centralPort}`;
  const before = await givenBy(cluster);
  const { status, output } = await runForeign(t, 'python3', [example, central, 'faro NINA', '-o', 'faro.mp4'], { cwd });
  t.is(status, 0, output);
  t.regex(output, /3000000 bytes, 3 parts, 2 sources/);
  t.is(await hashFile(join(cwd, 'faro.mp4')), sha256);
  const { clientes } = await cluster.ask<{ clientes: Record<string, number> }>('/statistics');
  t.is(clientes['python'], 1);
  t.is((await givenBy(cluster)).bytes - before.bytes, 3_000_000, 'what each secondary gave is told');

  const missing = await runForeign(t, 'python3', [example, central, 'otra cosa', '-o', 'otra.mp4'], { cwd });
  t.is(missing.status, 1);
  t.regex(missing.output, /no video has the words/);
});

testWith(test.serial, 'python3', 'needs nothing but its standard library', async t => {
  const text = await readFile('docs/examples/download.py', 'utf8');
  const imported = [...text.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name!);
  const check = 'import sys; sys.exit(not all(name in sys.stdlib_module_names for name in sys.argv[1:]))';
  t.is((await runForeign(t, 'python3', ['-c', check, ...imported], { cwd: '.' })).status, 0, imported.join(' '));
});

testWith(test.serial, 'python3', 'has the whole file from the others when a secondary died a moment ago', async t => {
  const { cluster, sha256 } = t.context;
  const cwd = await temporaryDirectory(t);
  const before = await givenBy(cluster);
  await cluster.killSecondary(2);
  const central = `http://127.0.0.1:${cluster.centralPort}`;
  const { status, output } = await runForeign(t, 'python3', [resolve('docs/examples/download.py'), central, 'faro', '-o', 'faro.mp4'], { cwd });
  t.is(status, 0, output);
  t.is(await hashFile(join(cwd, 'faro.mp4')), sha256);
  const after = await givenBy(cluster);
  t.deepEqual([after.bytes - before.bytes, after.failures - before.failures], [3_000_000, after.reassignedParts - before.reassignedParts]);
});

/** What all secondaries gave to the downloads that ended. */
async function givenBy(cluster: ProcessCluster) {
  const { byNode } = await cluster.ask<{ byNode: Record<string, { bytes: number; failures: number; reassignedParts: number }> }>('/statistics');
  const sum = (key: 'bytes' | 'failures' | 'reassignedParts') => Object.values(byNode).reduce((total, node) => total + node[key], 0);
  return { bytes: sum('bytes'), failures: sum('failures'), reassignedParts: sum('reassignedParts') };
}
