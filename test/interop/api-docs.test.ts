import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

const root = join(import.meta.dirname, '..', '..', '..');
const page = (path: string) => readFile(join(root, 'dist', 'api', path), 'utf8');

test('whoever reads the code gets its API as pages, with what docstrings promise and without a warning', async t => {
  const { stdout } = await promisify(execFile)('npm', ['run', 'docs'], { cwd: root });
  t.notRegex(stdout, /\[(?:warning|error)\]/);
  t.regex(await page('index.html'), /domain\/live\/fairness/);
  t.regex(await page('functions/domain_live_fairness.jainIndex.html'), /How evenly something is shared/);
  t.regex(await page('classes/base_errors.VideoError.html'), /VideoError/);
});
