import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import pLimit from 'p-limit';
import { MIB } from '../../lib/base/units.ts';
import { eventually } from '../helpers/eventually.ts';
import { startFaultyPeer } from '../helpers/faulty-peer.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { PeerSite, type JoinedPeer } from '../helpers/peer-site.ts';
import type { TalkingProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const NAME = 'faro.mp4';
const bytes = randomBytes(5 * MIB + 1234, 61);
const other = randomBytes(3 * MIB, 62);
/** AVA begins every test at once; a machine has few processors. */
const inTurn = pLimit(2);

function siteTest(title: string, prove: (t: ExecutionContext, site: PeerSite) => Promise<void>): void {
  test(title, t => inTurn(async () => prove(t, await PeerSite.start(t))));
}

siteTest('three peers join, search and download, and each console has exactly its lines', async (t, site) => {
  await site.put('p1', NAME, bytes);
  await site.put('p1', 'agua.mp4', other);
  await site.put('p2', 'agua.mp4', other);
  await site.put('p2', '.oculto.mp4', other);
  const one = await site.join('p1');
  const two = await site.join('p2');
  const three = await site.join('p3');

  await search(three.program, 'nada.mp4', []);
  await search(three.program, NAME, [one]);
  await download(three, one, NAME, 'p3');
  await search(two.program, NAME, [one, three]);
  await download(two, three, NAME, 'p2');
  for (const folder of ['p2', 'p3']) t.true(bytes.equals(await readFile(site.path(folder, NAME))));

  const ends = await Promise.all([one, two, three].map(({ program }) => endOf(program)));
  t.deepEqual(ends.map(({ stderr }) => stderr), ['', '', '']);
  t.deepEqual(ends.map(({ status }) => status), [0, 0, 0]);
  t.is(ends[0]!.stdout, `Sou peer ${one.address} com arquivos agua.mp4 faro.mp4\n`);
  // Who was offered longest ago comes first.
  t.is(
    ends[1]!.stdout,
    `Sou peer ${two.address} com arquivos agua.mp4\npeers com arquivo solicitado: ${three.address} ${one.address}\nArquivo faro.mp4 baixado com sucesso na pasta ./p2\n`,
  );
  t.is(
    ends[2]!.stdout,
    `Sou peer ${three.address} com arquivos\npeers com arquivo solicitado:\npeers com arquivo solicitado: ${one.address}\nArquivo faro.mp4 baixado com sucesso na pasta ./p3\n`,
  );
});

siteTest('a pipe brings a whole session, whatever the case of its words', async (t, site) => {
  await site.put('p1', NAME, bytes);
  const one = await site.join('p1');
  const program = site.open();
  program.endInput(`join\n127.0.0.1\n0\n./p2\nSearch\n${NAME}\ndownload\n127.0.0.1\n${one.port}\n`);
  const { status, stdout, stderr } = await program.ended();
  t.is(stderr, '');
  t.is(status, 0);
  t.regex(stdout, new RegExp(`^Sou peer 127\\.0\\.0\\.1:\\d+ com arquivos\npeers com arquivo solicitado: ${one.address}\nArquivo faro\\.mp4 baixado com sucesso na pasta \\./p2\n$`));
  t.true(bytes.equals(await readFile(site.path('p2', NAME))));
  await search(one.program, NAME, [one]);
});

siteTest('without an IP a file comes from all that have it at once; who has other bytes under its name is a choice', async (t, site) => {
  await site.put('p1', NAME, bytes);
  await site.put('p2', NAME, bytes);
  const peers = [await site.join('p1'), await site.join('p2')];
  const three = await site.join('p3', { flags: ['--detalle'] });
  await three.program.ask(`SEARCH\n${NAME}`, /^peers com arquivo solicitado: \S+ \S+$/);
  await three.program.ask('DOWNLOAD\n', /^Arquivo faro\.mp4 baixado com sucesso na pasta \.\/p3$/);
  t.true(bytes.equals(await readFile(site.path('p3', NAME))));

  await site.put('p4', NAME, other);
  peers.push(await site.join('p4'));
  await peers[2]!.whenRead(NAME);
  const five = await site.join('p5');
  await search(five.program, NAME, [...peers, three]);
  await five.program.ask('DOWNLOAD\n', /^Há 2 arquivos diferentes com o nome «faro\.mp4»\. Escolha/);
  await download(five, peers[2]!, NAME, 'p5');
  t.true(other.equals(await readFile(site.path('p5', NAME))));
});

siteTest('a peer that takes nobody refuses in one line, and another one gives the file', async (t, site) => {
  await site.put('p1', NAME, bytes);
  await site.put('p2', NAME, bytes);
  const one = await site.join('p1', { flags: ['--max-subidas', '0'] });
  const two = await site.join('p2', { flags: ['--limite-subida', '20M'] });
  const three = await site.join('p3');
  await search(three.program, NAME, [one, two]);
  await three.program.ask(`DOWNLOAD\n127.0.0.1\n${one.port}`, new RegExp(`^O peer ${one.address} recusou o download\\.`));
  await download(three, two, NAME, 'p3');
  t.true(bytes.equals(await readFile(site.path('p3', NAME))));
  const { stderr } = await endOf(three.program);
  t.is(stderr, `O peer ${one.address} recusou o download. Escolha outro peer ou tente mais tarde.\n`);
});

siteTest('what a peer that lies sends is thrown away; the parts that were right stay for an honest one', async (t, site) => {
  const liar = await startFaultyPeer(t, { centralUrl: site.centralUrl, manifest: manifestOf(bytes, NAME), bytes, fault: { type: 'corrupt' } });
  const { port } = new URL(liar.url);
  const two = await site.join('p2');
  await two.program.ask(`SEARCH\n${NAME}`, new RegExp(`^peers com arquivo solicitado: 127\\.0\\.0\\.1:${port}$`));
  await two.program.ask(`DOWNLOAD\n127.0.0.1\n${port}`, new RegExp(`^127\\.0\\.0\\.1:${port} enviou danificada a parte \\d+; foi descartada\\.$`));
  t.deepEqual((await readdir(site.path('p2'))).filter(name => !name.startsWith('.')), []);
  await eventually('the central saw for itself, and offers it no more', () => finds(two, NAME, []));
  await site.put('p1', NAME, bytes);
  const one = await site.join('p1');
  await one.whenRead(NAME);
  await two.program.ask(`SEARCH\n${NAME}`, new RegExp(`^peers com arquivo solicitado: .*${one.address}`));
  await two.program.ask('DOWNLOAD\n', /^Arquivo faro\.mp4 baixado com sucesso na pasta \.\/p2$/);
  t.true(bytes.equals(await readFile(site.path('p2', NAME))));
});

siteTest('a peer that is killed in the middle is told in one line, and what came is not fetched again', async (t, site) => {
  await site.put('p1', NAME, bytes);
  const slow = await site.join('p1', { flags: ['--limite-subida', '2M'] });
  const two = await site.join('p2', { flags: ['--json', '--detalle'] });
  const said = two.program.lines.length;
  two.program.type(`SEARCH\n${NAME}\nDOWNLOAD\n127.0.0.1\n${slow.port}`);
  const incoming = site.path('p2', '.videopartes', 'incoming');
  await two.program.says(/"event":"progress".*"doneBytes":[1-9]/, { after: said });
  await slow.program.stop('SIGKILL');
  await two.program.says(/^Nenhum peer envia «faro\.mp4» agora \(127\.0\.0\.1:\d+\)\. O que já foi baixado fica guardado/, { after: said });
  t.true((await readdir(incoming)).some(name => name.endsWith('.partial')));

  const again = await site.join('p1', { port: slow.port });
  const before = two.program.lines.length;
  two.program.type(`DOWNLOAD\n127.0.0.1\n${again.port}`);
  await two.program.says(/"event":"downloaded"/, { after: before });
  t.true(two.program.lines.slice(before).some(line => /"event":"start".*"resumedBytes":[1-9]/.test(line)));
  t.true(bytes.equals(await readFile(site.path('p2', NAME))));
  t.deepEqual(await readdir(incoming), []);
});

siteTest('Ctrl-C puts a download down, leaves, and says so in the exit status', async (t, site) => {
  await site.put('p1', NAME, bytes);
  const slow = await site.join('p1', { flags: ['--limite-subida', '1M'] });
  const two = await site.join('p2', { flags: ['--json', '--detalle'] });
  const after = two.program.lines.length;
  two.program.type(`SEARCH\n${NAME}\nDOWNLOAD\n127.0.0.1\n${slow.port}`);
  await two.program.says(/"event":"progress".*"doneBytes":[1-9]/, { after });
  two.program.signal('SIGINT');
  t.is((await two.program.ended()).status, 130);
  t.true((await readdir(site.path('p2', '.videopartes', 'incoming'))).some(name => name.endsWith('.partial')));
  await site.central.says(new RegExp(`El par ${two.address} se va`));
});

siteTest('nothing is shared that is hidden, unfinished, or outside the folder', async (t, site) => {
  await site.put('fora', 'segredo.mp4', other);
  await site.put('p1', NAME, bytes);
  for (const name of ['.oculto.mp4', 'meio.mp4.partial', 'meio.mp4.partial.journal']) await writeFile(site.path('p1', name), 'x');
  await symlink(site.path('fora', 'segredo.mp4'), site.path('p1', 'segredo.mp4'));
  await symlink(site.path('fora'), site.path('p1', 'fora'));
  const one = await site.join('p1');
  t.deepEqual(one.program.lines, [`Sou peer ${one.address} com arquivos faro.mp4`]);
  for (const name of ['segredo.mp4', '.oculto.mp4', 'meio.mp4.partial', 'fora/segredo.mp4', '../fora/segredo.mp4', '']) {
    const { status } = await fetch(`http://${one.address}/manifest?name=${encodeURIComponent(name)}`);
    t.is(status, 404, name);
  }
  t.is((await one.whenRead(NAME)).id, manifestOf(bytes, NAME).id);
});

siteTest('a file that comes into the folder is announced, one that goes is not offered any more', async (t, site) => {
  const one = await site.join('p1');
  const two = await site.join('p2');
  await site.put('p1', NAME, bytes);
  await eventually('it is found', () => finds(two, NAME, [one]));
  await rm(site.path('p1', NAME));
  await eventually('it is not found', () => finds(two, NAME, []));
  t.pass();
});

siteTest('a central that is away is told in one line; when it is back, peers join again by themselves', async (t, site) => {
  await site.put('p1', NAME, bytes);
  const one = await site.join('p1');
  const two = await site.join('p2');
  await site.central.stop('SIGKILL');
  await two.program.ask(`SEARCH\n${NAME}`, /^O central não foi encontrado em http:\/\/127\.0\.0\.1:\d+\./);
  const three = site.open();
  await three.ask('JOIN\n127.0.0.1\n0\n./p3', /^O central não foi encontrado em/);
  await site.startCentral();
  await three.ask('JOIN\n127.0.0.1\n0\n./p3', /^Sou peer/);
  await eventually('the file is found again', () => finds(two, NAME, [one]), 60_000);
  t.pass();
});

siteTest('whoever leaves, whatever the way, is not offered any more', async (t, site) => {
  await site.put('p0', NAME, bytes);
  const asking = await site.join('p9');
  const ways: readonly ((peer: TalkingProgram) => void)[] = [
    peer => peer.type('leave'),
    peer => peer.type('salir'),
    peer => peer.endInput(),
    peer => peer.signal('SIGTERM'),
    peer => peer.signal('SIGINT'),
  ];
  for (const [index, leave] of ways.entries()) {
    const peer = await site.join('p0');
    await search(asking.program, NAME, [peer]);
    const after = site.central.lines.length;
    leave(peer.program);
    await site.central.says(new RegExp(`El par ${peer.address} se va`), { after });
    await search(asking.program, NAME, []);
    if (index === 0) t.is((await endOf(peer.program)).status, 0);
    else t.like(await peer.program.ended(), { status: 0, stderr: '' });
  }
});

siteTest('what has no sense yet is told in one line each, and the menu goes on', async (t, site) => {
  const program = site.open(['--ip', '127.0.0.1']);
  await program.ask('DOWNLOAD', /^Primeiro entre com JOIN\.$/);
  await program.ask('JOIN\nxyz', /^Uma porta é um número até 65535/);
  program.type('0\n./p1');
  const [, port] = await program.says(/^Sou peer 127\.0\.0\.1:(\d+) com arquivos$/);
  await program.ask('JOIN', new RegExp(`^Este peer já entrou como 127\\.0\\.0\\.1:${port}\\.`));
  await program.ask('DOWNLOAD', /^Primeiro procure o arquivo com SEARCH\.$/);
  await program.ask(`SEARCH\n../x\n${NAME}`, /^peers com arquivo solicitado:$/);
  await program.ask('DOWNLOAD\n', /^Nenhum outro peer tem «faro\.mp4»\./);
  await program.ask('DOWNLOAD\n127.0.0.1\n1', /^127\.0\.0\.1:1 não responde \(ECONNREFUSED\)\.$/);
  t.is((await endOf(program)).status, 0);
});

/** Searches, and the line is exactly that; the central names who was offered longest ago first. */
async function search(program: TalkingProgram, name: string, expected: readonly JoinedPeer[]): Promise<void> {
  const [line] = await program.ask(`SEARCH\n${name}`, /^peers com arquivo solicitado:.*$/);
  const found = line.split(' ').slice(4);
  const wanted = expected.map(({ address }) => address);
  if (found.toSorted().join(' ') !== wanted.toSorted().join(' ')) throw new Error(`found ${found.join(' ')}, not ${wanted.join(' ')}`);
}

async function finds(peer: JoinedPeer, name: string, expected: readonly JoinedPeer[]): Promise<boolean> {
  return search(peer.program, name, expected).then(
    () => true,
    () => false,
  );
}

async function download(peer: JoinedPeer, from: JoinedPeer, name: string, folder: string): Promise<void> {
  await peer.program.ask(`DOWNLOAD\n127.0.0.1\n${from.port}`, new RegExp(`^Arquivo ${name.replace('.', '\\.')} baixado com sucesso na pasta \\./${folder}$`));
}

async function endOf(program: TalkingProgram) {
  program.endInput();
  return program.ended();
}
