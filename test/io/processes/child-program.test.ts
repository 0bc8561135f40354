import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startProgram } from '../../../lib/io/processes/child-program.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('what a program prints goes to its file, and how it ended is told', async t => {
  const { script, path } = await scriptOf(t, `console.log(process.argv[2]); console.error('alas'); process.exitCode = 3;`);
  await using child = await startProgram({ script, args: ['hola'], output: { path } });
  t.is(await child.ended, 3);
  t.is(await readFile(path, 'utf8'), 'hola\nalas\n');
});

test('a program that is killed says no goodbye', async t => {
  const { script, path } = await scriptOf(t, `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`);
  await using child = await startProgram({ script, args: [], output: { path } });
  child.kill();
  t.is(await child.ended, 'SIGKILL');
});

test('disposing asks a program to end and waits until it did', async t => {
  const { script, path } = await scriptOf(
    t,
    `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); console.log('ready'); setInterval(() => {}, 1000);`,
  );
  const child = await startProgram({ script, args: [], output: { path } });
  while ((await readFile(path, 'utf8')) === '') await new Promise(resolve => setImmediate(resolve));
  await child[Symbol.asyncDispose]();
  t.is(await child.ended, 0);
  t.is(await readFile(path, 'utf8'), 'ready\nbye\n');
  await child[Symbol.asyncDispose]();
});

async function scriptOf(t: ExecutionContext, code: string): Promise<{ readonly script: string; readonly path: string }> {
  const directory = await temporaryDirectory(t);
  const script = join(directory, 'program.mjs');
  await writeFile(script, code);
  return { script, path: join(directory, 'program.log') };
}
