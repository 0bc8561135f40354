import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { partsPath } from '../../lib/protocol/data.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { outerAddress, outerAddress6 } from '../helpers/outer-address.ts';
import { startNode, startOuterCentral, type OuterSite } from '../helpers/outer-site.ts';
import { runProgram, startProgram } from '../helpers/programs.ts';
import { putVideo } from '../helpers/put-video.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { bytesAt, holdersAt, sharerOf } from '../helpers/sharing-site.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const outside = outerAddress === undefined ? test.skip : test.serial;
const outside6 = outerAddress6 === undefined ? test.skip : test.serial;
const NAMES = ['faro.mp4', 'costa.mp4'] as const;
const contents = NAMES.map((_, index) => randomBytes(2 * MIB + index, 95 + index));
const [faro, costa] = contents.map(bytes => manifestOf(bytes).id) as [string, string];

/** One secondary has both videos. */
async function startSite(t: ExecutionContext, flags: readonly string[] = []): Promise<OuterSite> {
  const site = await startOuterCentral(t, flags);
  const folder = join(site.cwd, 'videos1');
  await mkdir(folder, { recursive: true });
  for (const [index, name] of NAMES.entries()) await putVideo(folder, name, contents[index]!);
  await startNode(t, site, 1, site.secrets.node);
  const headers = { authorization: `Bearer ${site.secrets.reader}` };
  for (const name of NAMES) await eventually(`${name} is known`, async () => (await fetch(`${site.url}/video?name=${name}`, { headers })).ok);
  return site;
}

const clientOf = (t: ExecutionContext, { cwd, toCentral, secrets }: OuterSite, words: readonly string[], input?: null) =>
  startProgram(t, 'videocliente', [...words, ...toCentral, '--directorio', 'd', '--compartir', '--secreto', secrets.reader], { cwd, ...(input === null && { input }) });

outside('where only readers may read, who shares asks for the token of each file', async t => {
  const site = await startSite(t, ['--lectura', 'secreta']);
  const sharer = await sharerOf(clientOf(t, site, []));
  t.is(sharer.address.split(':')[0], outerAddress);
  for (const name of NAMES) sharer.program.type(`VIDEO ${name}`);
  const headers = { authorization: `Bearer ${site.secrets.reader}` };
  const foundOf = (name: string) => eventually(`${name} is offered`, async () => (await holdersAt(site.url, name, headers))[0]);
  const [one, other] = [await foundOf(NAMES[0]), await foundOf(NAMES[1])];
  await eventually('both are whole', async () => {
    const answers = await Promise.all([one, other].map(({ id, token }) => bytesAt(sharer, id!, undefined, { authorization: `Bearer ${token}` })));
    return answers.every(({ status, body }, index) => status === 200 && body.equals(contents[index]!));
  });
  const statusWith = async (id: string, token?: string) => (await bytesAt(sharer, id, undefined, token === undefined ? {} : { authorization: `Bearer ${token}` })).status;
  t.deepEqual([one.id, other.id], [faro, costa]);
  t.is(await statusWith(faro), 401);
  t.is(await statusWith(faro, 'no.es.nada'), 401);
  t.is(await statusWith(faro, site.secrets.reader), 401);
  t.is(await statusWith(faro, other.token), 403, 'a token is for one file');
  t.is(await statusWith('0'.repeat(64)), 401, 'who may not read does not learn what is here');
  t.is((await fetch(`http://${sharer.address}${partsPath(faro)}`)).status, 401);
  t.is((await fetch(`http://${sharer.address}/manifest?name=${NAMES[0]}`)).status, 404);
});

outside('where everybody may read, who shares asks for nothing', async t => {
  const site = await startSite(t);
  const sharer = await sharerOf(clientOf(t, site, []));
  sharer.program.type(`VIDEO ${NAMES[0]}`);
  const { token } = await eventually('it is offered', async () => (await holdersAt(site.url, NAMES[0]))[0]);
  t.is(token, undefined);
  await eventually('it is whole', async () => (await bytesAt(sharer, faro)).body.equals(contents[0]!));
});

outside('a client that the central does not take in says so once, and downloads all the same', async t => {
  const site = await startSite(t);
  const program = clientOf(t, site, ['descargar', NAMES[0], '--ip', '127.0.0.1', '--limite', '1M'], null);
  await program.says(/El central .* no admite lo que anuncia este par \(petición incorrecta\)/);
  const { status, stdout, stderr } = await program.ended();
  t.like({ status, stderr }, { status: 0, stderr: '' });
  t.is(stdout.split('no admite').length, 2);
  t.deepEqual(await holdersAt(site.url, NAMES[0]), []);
});

outside6('who shares is found at the address by which it reaches the central, of IPv6 or of IPv4', async t => {
  for (const address of [outerAddress6!, ...(outerAddress === undefined ? [] : [outerAddress])]) {
    const site = await startOuterCentral(t, [], address);
    const sharer = await sharerOf(clientOf(t, site, []));
    const { hostname } = new URL(site.url);
    t.true(sharer.address.startsWith(`${hostname}:`), sharer.address);
    t.is((await fetch(`http://${sharer.address}/health`)).status, 200);
  }
});

test('what is said of sharing without sharing, or with an order that downloads nothing, is wrong usage', async t => {
  const cwd = await temporaryDirectory(t);
  const said = (...words: readonly string[]) => runProgram(t, 'videocliente', words, { cwd });
  t.like(await said('descargar', 'x', '--limite-subida', '1M'), { status: 2, stderr: 'videocliente: --limite-subida necesita --compartir. Con --help se ven las opciones.\n' });
  t.like(await said('listar', '--compartir'), { status: 2, stderr: 'videocliente: --compartir sirve para «descargar», «ver» y la consola. Con --help se ven las opciones.\n' });
});
