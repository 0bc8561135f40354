import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createLog, silentLog } from '../../../lib/base/log.ts';
import { openSecret } from '../../../lib/io/files/secret-file.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('a secret is made once, told once, and only its owner reads it', async t => {
  const path = join(await temporaryDirectory(t), 'new', 'folder', 'secreto');
  const told: unknown[] = [];
  const log = createLog((_level, event, fields) => void told.push([event, fields]));
  const secret = await openSecret(path, { log });
  t.true(secret.length >= 32);
  t.is((await readFile(path, 'utf8')).trim(), secret);
  if (process.platform !== 'win32') t.is((await stat(path)).mode & 0o777, 0o600);
  t.is(await openSecret(path, { log }), secret);
  t.deepEqual(told, [['secret.created', { secret, path }]]);
});

test('no two secrets are alike', async t => {
  const directory = await temporaryDirectory(t);
  const secrets = await Promise.all(['a', 'b', 'c'].map(name => openSecret(join(directory, name), { log: silentLog })));
  t.is(new Set(secrets).size, 3);
});

test('a secret that a person wrote is used, whatever stands around it', async t => {
  const path = join(await temporaryDirectory(t), 'secreto');
  await writeFile(path, '\n my-own-secret \r\n', { mode: 0o644 });
  t.is(await openSecret(path, { log: silentLog }), 'my-own-secret');
  if (process.platform !== 'win32') t.is((await stat(path)).mode & 0o777, 0o600);
});

test('a file that a crash left empty is no secret', async t => {
  const path = join(await temporaryDirectory(t), 'secreto');
  await writeFile(path, ' \n');
  const secret = await openSecret(path, { log: silentLog });
  t.true(secret.length >= 32);
  t.is(await openSecret(path, { log: silentLog }), secret);
  if (process.platform !== 'win32') t.is((await stat(path)).mode & 0o777, 0o600);
});

test('where no file can be it says so', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'file'), '');
  await t.throwsAsync(openSecret(join(directory, 'file', 'secreto'), { log: silentLog }), { code: 'not_a_directory' });
  await mkdir(join(directory, 'secreto'));
  await t.throwsAsync(openSecret(join(directory, 'secreto'), { log: silentLog }));
});
