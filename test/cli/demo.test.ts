import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('the demonstration does not touch a folder that is not its own', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'thesis.txt'), 'years of work');
  const { status, errors } = await run('--directorio', directory, '--idioma', 'en');
  t.is(status, 2);
  t.regex(errors, /^demo: .*has other things in it.*\n$/);
  t.deepEqual(await readdir(directory), ['thesis.txt']);
});

test('the help of the demonstration speaks the reader’s language', async t => {
  const { status, output } = await run('--help', '--idioma', 'pt');
  t.is(status, 0);
  t.regex(output, /--mantener .*continuam até Ctrl-C/);
});

function run(...args: readonly string[]): Promise<{ readonly status: number; readonly output: string; readonly errors: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, ['dist/bin/demo.js', ...args], (error, output, errors) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, output, errors });
    });
  });
}
