import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { RoleSecrets } from '../../lib/domain/roles.ts';
import { filePath } from '../../lib/protocol/data.ts';
import { manifestOf, sha256 } from '../helpers/manifests.ts';
import { hashFile } from '../helpers/process-cluster.ts';
import { outerAddress } from '../helpers/outer-address.ts';
import { ANYWHERE, startNode, startOuterCentral } from '../helpers/outer-site.ts';
import { putVideo } from '../helpers/put-video.ts';
import { runProgram, startProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const outside = outerAddress === undefined ? test.skip : test;
const bytes = randomBytes(5 * 1024 * 1024 + 11, 3);
const { id } = manifestOf(bytes);

outside('off loopback a client downloads with tokens, a node copies with them, and nobody reads without', async t => {
  const site = await startOuterCentral(t, ['--replicas', '2']);
  const { cwd, central, secrets, toCentral, url } = site;
  t.is((await readFile(join(cwd, 'datos', 'secreto'), 'utf8')).trim(), secrets.admin);
  await putVideo(join(cwd, 'videos1'), 'faro.mp4', bytes);
  const nodes = [await startNode(t, site, 1, secrets.node), await startNode(t, site, 2, secrets.admin)];
  await nodes[1]!.says(/Copia de «faro.mp4» completa/);

  const { status, stderr } = await runProgram(t, 'videocliente', ['descargar', 'faro.mp4', '--directorio', 'descargas', ...toCentral], { cwd });
  t.is(status, 0, stderr);
  t.is(await hashFile(join(cwd, 'descargas', 'faro.mp4')), sha256(bytes));

  const redirect = await fetch(`${url}/files/faro.mp4`, { redirect: 'manual' });
  const location = new URL(redirect.headers.get('location')!);
  t.is((await fetch(location)).status, 200, 'curl and a browser follow an address that shows its token');
  location.search = '';
  t.is((await fetch(location)).status, 401);
  t.is((await fetch(new URL(filePath('0'.repeat(64)), location))).status, 401);
  const { nodes: listed } = (await (await fetch(`${url}/nodes`)).json()) as { readonly nodes: readonly { readonly number: number; readonly url: string }[] };
  for (const { number, url: at } of listed) {
    t.is((await fetch(`${at}/metrics`)).status, 401, 'metrics are not for everybody');
    t.is((await fetch(`${at}/metrics`, { headers: { authorization: `Bearer ${number === 1 ? secrets.node : secrets.admin}` } })).status, 200);
    t.is((await fetch(`${at}/ready`)).status, 200);
  }

  t.is((await central.ask('SECRETO nodo', /^nodo\|(.*)$/))[1], secrets.node);
  for (const program of [central, ...nodes]) t.notRegex(program.lines.join('\n'), new RegExp(`${id}\\?token|eyJ`), 'no token is told');
});

outside('whoever gives a wrong secret is no node, and is told so', async t => {
  const { cwd, secrets, toCentral } = await startOuterCentral(t);
  for (const secret of ['x', secrets.uploader, secrets.reader]) {
    const node = startProgram(t, 'videosecundario', ['-n', '1', ...ANYWHERE, ...toCentral, '--secreto', secret], { cwd });
    const [, reason] = await node.says(/Sin contacto con el central .*\((.*)\)/);
    t.is(reason, secret === 'x' ? 'falta la autorización' : 'el secreto es de otro papel');
    await node.stop('SIGKILL');
  }
});

outside('where reading is secret, a client proves that it is a reader by flag or by environment', async t => {
  const { cwd, secrets, toCentral } = await startOuterCentral(t, ['--lectura', 'secreta']);
  const list = (flags: readonly string[], env: Readonly<Record<string, string>> = {}) => runProgram(t, 'videocliente', ['listar', ...toCentral, ...flags], { cwd, env });
  t.like(await list([]), { status: 1, stderr: 'videocliente: El central pide un secreto que valga: déselo con --secreto o en VIDEOPARTES_SECRETO.\n' });
  t.is((await list(['--secreto', 'x'])).status, 1);
  const unprintable = await list(['--secreto', 'señor secreto']);
  t.is(unprintable.status, 2);
  t.notRegex(unprintable.stderr, /señor/);
  for (const role of ['reader', 'uploader', 'node', 'admin'] as const satisfies readonly (keyof RoleSecrets)[]) {
    t.is((await list(['--secreto', secrets[role]])).status, 0, role);
  }
  t.is((await list([], { VIDEOPARTES_SECRETO: secrets.reader })).status, 0);
});

outside('files are sent by who has the secret for it, and by nobody else', async t => {
  const site = await startOuterCentral(t, ['--replicas', '2']);
  const { cwd, central, secrets, toCentral, url } = site;
  for (const number of [1, 2]) await startNode(t, site, number, secrets.node);
  await central.says(/Secundario 2 se ha unido/);
  await writeFile(join(cwd, 'faro.mp4'), bytes);
  const put = (...flags: readonly string[]) => runProgram(t, 'videocliente', ['subir', 'faro.mp4', ...toCentral, ...flags], { cwd });
  t.is((await put()).status, 1);
  t.is((await put('--secreto', secrets.reader)).status, 1);
  const { status, stdout, stderr } = await put('--secreto', secrets.uploader);
  t.is(status, 0, stderr);
  t.regex(stdout, /«faro\.mp4»: guardado, 2 de 2 réplicas\./);
  const form = (secret?: string) => {
    const body = new FormData();
    body.append('file', new Blob([bytes]), 'otro.mp4');
    return fetch(`${url}/upload`, { method: 'POST', body, ...(secret !== undefined && { headers: { authorization: `Bearer ${secret}` } }) });
  };
  t.deepEqual([(await form()).status, (await form(secrets.node)).status, (await form(secrets.uploader)).status], [401, 403, 201]);
});
