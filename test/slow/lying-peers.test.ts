import { readFile } from 'node:fs/promises';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { eventually } from '../helpers/eventually.ts';
import { startFaultyPeer } from '../helpers/faulty-peer.ts';
import type { Fault } from '../helpers/faulty-server.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { PeerSite, type JoinedPeer } from '../helpers/peer-site.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const NAME = 'faro.mp4';
const bytes = randomBytes(40 * MIB + 321, 95);
const manifest = manifestOf(bytes, NAME);
const otherBytes = randomBytes(2 * MIB, 96);
const other = manifestOf(otherBytes, NAME);
const FOUND = /^peers com arquivo solicitado: (.+)$/;
const DOWNLOADED = /^Arquivo faro\.mp4 baixado com sucesso/;
/** Silence, a pause, and silence again; a lease; and a machine that is busy. */
const PATIENCE_MS = 120_000;

test.serial('among peers that lie, lack, stall, die and refuse a file is whole, and the central offers the honest ones alone', async t => {
  t.timeout(3 * PATIENCE_MS);
  const site = await PeerSite.start(t);
  const { centralUrl } = site;
  const offered = async () => {
    const { peers } = (await (await fetch(`${centralUrl}/peers?name=${NAME}`)).json()) as { readonly peers: readonly { readonly address: string }[] };
    return peers.map(({ address }) => address);
  };
  const joinWith = async (folder: string, ...flags: readonly string[]): Promise<JoinedPeer> => {
    await site.put(folder, NAME, bytes);
    const peer = await site.join(folder, { flags });
    await peer.whenRead(NAME);
    return peer;
  };
  const honest = await joinWith('honesto', '--limite-subida', '4M');
  const dying = await joinWith('muere', '--limite-subida', '1M');
  const frozen = await joinWith('calla', '--limite-subida', '1M');
  await site.put('niega', NAME, bytes);
  const refusing = await site.join('niega', { flags: ['--max-subidas', '0'] });
  const faulty = async (fault: Fault, what = { manifest, bytes }) => new URL((await startFaultyPeer(t, { centralUrl, ...what, fault, announces: manifest })).url).host;
  const liars = {
    'sends wrong bytes': await faulty({ type: 'corrupt' }),
    'sends a wrong length': await faulty({ type: 'wrong_length' }),
    'has another file under the name': await faulty({ type: 'none' }, { manifest: other, bytes: otherBytes }),
    'lacks what it announces': await faulty({ type: 'status', status: 404 }),
    'stops sending': await faulty({ type: 'hang', afterBytes: MIB }),
  };
  const others = { 'died': dying.address, 'is frozen': frozen.address, 'refuses': refusing.address };
  t.is((await offered()).length, 9);

  const { program } = await site.join('baja', { flags: ['--json', '--detalle'] });
  await program.ask(`SEARCH\n${NAME}`, /"event":"found"/);
  const after = program.lines.length;
  program.type('DOWNLOAD\n');
  await program.says(/"event":"progress".*"doneBytes":[1-9]/, { after });
  dying.program.signal('SIGKILL');
  frozen.program.signal('SIGSTOP');
  await program.says(/"event":"downloaded"/, { after, withinMs: PATIENCE_MS });
  t.true(bytes.equals(await readFile(site.path('baja', NAME))));

  for (const [what, address] of Object.entries({ ...others, ...liars })) {
    await eventually(`who ${what} is not offered`, async () => !(await offered()).includes(address), PATIENCE_MS);
    t.log(`who ${what} (${address}) is not offered`);
  }
  // Those live, renew their leases, and are where they said.
  for (const address of Object.values(liars)) await site.central.says(new RegExp(`El par ${address} no cumple con «${NAME}»`));
  t.true((await offered()).includes(honest.address));
  t.false(site.central.lines.some(line => line.includes(`El par ${honest.address} no cumple`)));

  const next = await site.join('baja2');
  const [, found] = await next.program.ask(`SEARCH\n${NAME}`, FOUND);
  t.true(found!.includes(honest.address));
  for (const address of Object.values(liars)) t.false(found!.includes(address));
  const said = next.program.lines.length;
  next.program.type('DOWNLOAD\n');
  await next.program.says(DOWNLOADED, { after: said, withinMs: PATIENCE_MS });
  t.true(bytes.equals(await readFile(site.path('baja2', NAME))));
});

test.serial('who complains of an honest peer harms nobody', async t => {
  const site = await PeerSite.start(t);
  await site.put('p1', NAME, bytes);
  const honest = await site.join('p1');
  const { id } = await honest.whenRead(NAME);
  const liar = new URL((await startFaultyPeer(t, { centralUrl: site.centralUrl, manifest, bytes, fault: { type: 'corrupt' } })).url).host;
  const complain = async (address: string, kind: string) => {
    const body = JSON.stringify({ address, name: NAME, id, kind, part: 7 });
    const answer = await fetch(`${site.centralUrl}/peers/reports`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return [answer.status, await answer.json()];
  };
  for (const kind of ['corrupt', 'protocol', 'stalled', 'unreachable', 'lacks', 'refused']) t.deepEqual(await complain(honest.address, kind), [200, { isLookedInto: true }], kind);
  t.deepEqual(await complain('127.0.0.1:9', 'corrupt'), [200, { isLookedInto: false }]);
  // Who was complained of later is found out, so that the look at the honest one is over, or nearly.
  await complain(liar, 'corrupt');
  await site.central.says(new RegExp(`El par ${liar} no cumple`));
  const next = await site.join('p2');
  const [, found] = await next.program.ask(`SEARCH\n${NAME}`, FOUND);
  t.is(found, honest.address);
  await next.program.ask('DOWNLOAD\n', DOWNLOADED);
  t.true(bytes.equals(await readFile(site.path('p2', NAME))));
});
