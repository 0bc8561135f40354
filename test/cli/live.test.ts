import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/eventually.ts';
import { hashOf, LiveSite, type LiveViewer, type ReadyFolder } from '../helpers/live-site.ts';
import { ownLoopback } from '../helpers/loopback.ts';
import { startOldViewer } from '../helpers/old-viewer.ts';
import { startOriginalServer } from '../helpers/original-live-server.ts';
import { runProgram, type ProgramEnd } from '../helpers/programs.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const refusals: Readonly<Record<string, { readonly args: readonly string[]; readonly status: number; readonly sentence: RegExp }>> = {
  'no order': { args: [], status: 2, sentence: /«emitir».*«ver»/ },
  'an order that is none': { args: ['mirar'], status: 2, sentence: /«emitir».*«ver»/ },
  'nothing to broadcast': { args: ['emitir'], status: 2, sentence: /película o carpeta/ },
  'more channels than films': { args: ['emitir', '--canal', '0', '--canal', '1', 'a.mp4'], status: 2, sentence: /2 canales y 1 películas/ },
  'more films than channels can be': { args: ['emitir', ...'abcdefghijk'], status: 2, sentence: /canales y 11 películas/ },
  'a channel that is on the air twice': { args: ['emitir', '--canal', '3', '--canal', '3', 'a', 'b'], status: 2, sentence: /canal 3 está dos veces/ },
  'a channel of two digits': { args: ['emitir', '--canal', '10', 'a.mp4'], status: 2, sentence: /de 0 a 9/ },
  'a channel that is no number': { args: ['ver', '--canal', 'uno'], status: 2, sentence: /de 0 a 9/ },
  'two channels to watch': { args: ['ver', '--canal', '0', '--canal', '1'], status: 2, sentence: /un solo canal/ },
  'a word too many': { args: ['ver', 'película.mp4'], status: 2, sentence: /película\.mp4/ },
  'an address that is none': { args: ['ver', '--ip-local', 'casa'], status: 2, sentence: /--ip-local/ },
  'a film that is not there': { args: ['emitir', 'ausente.mp4'], status: 1, sentence: /ausente\.mp4/ },
  'a folder without blocks': { args: ['emitir', '.'], status: 1, sentence: /No hay bloques/ },
};
for (const [what, { args, status, sentence }] of Object.entries(refusals)) {
  test(`videocanal refuses ${what}, in one line`, async t => {
    const end = await runProgram(t, 'videocanal', args, { cwd: await temporaryDirectory(t) });
    refuses(t, end, status, sentence);
  });
}

test('what is no film is not broadcast', async t => {
  const cwd = await temporaryDirectory(t);
  await writeFile(join(cwd, 'notas.mp4'), 'nada que ver');
  refuses(t, await runProgram(t, 'videocanal', ['emitir', 'notas.mp4'], { cwd }), 1, /No se puede emitir notas\.mp4: .*Elija otra película/);
});

test('who broadcasts where somebody else does is told of each port, and of the flag that chooses another', async t => {
  const site = await LiveSite.open(t);
  const { path } = await site.readyFolder('uno');
  await site.broadcast([path]);
  const broadcast = (...args: string[]) => runProgram(t, 'videocanal', ['emitir', path, '--ip', site.ip, ...args], { cwd: site.directory });
  refuses(t, await broadcast(), 1, /puerto 6060 .*con --puerto \(0/);
  refuses(t, await broadcast('--puerto', '0', '--puerto-relevo', '6061'), 1, /puerto 6061 .*con --puerto-relevo \(0/);
  await site.broadcast([path, '--puerto', '6062']);
});

test('a viewer whose port for players is taken is told of its flag', async t => {
  const site = await LiveSite.open(t);
  const port = await takePort(t, '127.0.0.1');
  refuses(t, await runProgram(t, 'videocanal', ['ver', '--ip', site.ip, '--puerto-ver', String(port)], { cwd: site.directory }), 1, new RegExp(`puerto ${port} .*con --puerto-ver \\(0`));
});

test('a port that only the old protocol has use for may be taken when who broadcasts knows the relay', async t => {
  const site = await LiveSite.open(t);
  const [ip, ready] = [ownLoopback(), await site.readyFolder('bloques')];
  await site.broadcast([ready.path]);
  const port = await takePort(t, ip);
  const viewer = await site.watch(['--ip-local', ip, '--puerto-cliente', String(port)]);
  await viewer.block(0);
  await eventually('a block is on the disk', async () => (await viewer.hashes()).length > 0);
  await holdsBlocksOf(t, viewer, ready);
});

test('at an original server a second viewer of one address is told to take another, and then watches', async t => {
  const site = await LiveSite.open(t);
  const [ip, otherIp, { blocks }] = [ownLoopback(), ownLoopback(), await site.readyFolder('original')];
  const clientPort = await takePort(t, otherIp);
  await using server = await startOriginalServer({ ip: site.ip, port: 6060, clientPort, channels: [blocks] });
  const args = ['--puerto-cliente', String(clientPort), '--ip-local'];
  const first = await site.watch([...args, ip]);
  await first.block(0);

  const second = await site.watch([...args, ip]);
  const { status, stderr } = await second.program.ended();
  t.is(status, 1);
  t.regex(stderr, new RegExp(`^videocanal: El puerto 6061 de ${ip} lo usa otro programa, .* --ip-local\\.$`, 'm'));
  // Where the server calls is somebody else's.
  const third = await site.watch([...args, otherIp]);
  t.regex((await third.program.ended()).stderr, new RegExp(`^videocanal: El puerto ${clientPort} de ${otherIp} lo usa otro programa, .* --ip-local\\.$`, 'm'));
  const fourth = await site.watch([...args, ownLoopback()]);
  await fourth.block(0);
  t.deepEqual(server.clientsOf(0), [ip]);
});

test('viewers get the very blocks of the folder, each from another, and say from whom', async t => {
  const site = await LiveSite.open(t);
  const ready = await site.readyFolder('bloques');
  const broadcaster = await site.broadcast([ready.path]);
  const viewers = await Promise.all([site.watch(), site.watch(), site.watch()]);
  const latest = Math.max(...(await Promise.all(viewers.map(viewer => viewer.block(0)))).map(({ number }) => number));
  await Promise.all(viewers.map(viewer => viewer.block(latest + 3)));
  for (const viewer of viewers) await holdsBlocksOf(t, viewer, ready);

  const [one] = viewers;
  await eventually('somebody takes from a viewer', async () => {
    const rows = await Promise.all(viewers.map(viewer => viewer.connections()));
    return rows.flat().some(row => row.startsWith('envía a'));
  });
  await one!.program.ask('CLIENTES', /^127\.0\.0\.1$/);
  await one!.program.ask('NUMERO', /^3$/);
  await one!.program.ask('ARCHIVOS', /^bloque +tamaño +segundos/);
  await one!.program.ask('ayuda', /DESCONECTAR +deja el canal/);
  await broadcaster.ask('CANALES', /^0 +\S*bloques +\d+ +3 +0 *$/);
  await broadcaster.ask('CLIENTES', /^0\|127\.0\.0\.1$/);
  await broadcaster.ask('NÚMERO', /^3$/);

  one!.program.type('DESCONECTAR');
  t.is((await one!.program.ended()).status, 0);
  t.is(await one!.folder(), undefined);
  await eventually('who left is not counted', async () => {
    const [count] = await broadcaster.ask('NUMERO', /^\d+$/);
    return count === '2';
  });
  t.is((await broadcaster.stop('SIGINT')).status, 0);
});

test('both consoles speak Portuguese', async t => {
  const site = await LiveSite.open(t);
  const { path } = await site.readyFolder('blocos');
  const broadcaster = await site.broadcast([path, '--idioma', 'pt']);
  const { program } = await site.watch(['--idioma', 'pt']);
  await program.says(/: bloco \d+/);
  await program.ask('CONEXÕES', /^recebe de +\S+:\d+ +1, 2, 3, 4/);
  await program.ask('ARQUIVOS', /^bloco +tamanho +segundos/);
  await program.ask('AJUDA', /DESCONECTAR +deixa o canal/);
  await broadcaster.ask('CANAIS', /^canal +o quê +bloco +espectadores/);
  program.type('DESCONECTAR');
  t.is((await program.ended()).status, 0);
});

test('Ctrl-C leaves the channel, and nothing on the disk', async t => {
  const site = await LiveSite.open(t);
  const { path } = await site.readyFolder('bloques');
  await site.broadcast([path]);
  const viewer = await site.watch();
  await viewer.block(0);
  t.truthy(await viewer.folder());
  t.is((await viewer.program.stop('SIGINT')).status, 0);
  t.deepEqual(await readdir(viewer.directory), ['stats']);
});

test('a viewer who is early waits, says so, and watches when the broadcast begins', async t => {
  const site = await LiveSite.open(t);
  const viewer = await site.watch();
  await viewer.program.says(new RegExp(`Nadie emite en ${site.ip}`));
  const ready = await site.readyFolder('bloques');
  await site.broadcast([ready.path]);
  await viewer.block(1);
  await holdsBlocksOf(t, viewer, ready);
});

test('who waits for a channel and has enough of it leaves', async t => {
  const site = await LiveSite.open(t);
  const { program } = await site.watch();
  await program.says(/Nadie emite/);
  await program.ask('CONEXIONES', /^sentido/);
  program.type('DESCONECTAR');
  t.is((await program.ended()).status, 0);
  const other = await site.watch();
  await other.program.says(/Nadie emite/);
  t.is((await other.program.stop('SIGINT')).status, 0);
});

test('viewers of a broadcast that is killed and begins again say so, and go on with the new one', async t => {
  const site = await LiveSite.open(t);
  const first = await site.readyFolder('primera');
  const second = await site.readyFolder('otra');
  const broadcaster = await site.broadcast([first.path]);
  const viewers = await Promise.all([site.watch(), site.watch()]);
  await Promise.all(viewers.map(viewer => viewer.block(1)));
  await broadcaster.stop('SIGKILL');
  await Promise.all(viewers.map(({ program }) => program.says(/No llega nada del canal 0/)));
  const after = viewers.map(({ program }) => program.lines.length);
  await site.broadcast([second.path]);
  await Promise.all(viewers.map(({ program }, index) => program.says(/Se recibe el canal 0/, { after: after[index]! })));
  const [next] = await Promise.all(viewers.map((viewer, index) => viewer.block(1, { after: after[index]! })));
  t.true(next!.number >= 1);
  for (const viewer of viewers) {
    // A block is told before it is on the disk.
    await eventually('a block of the new one is held', async () => {
      const held = new Set((await viewer.hashes()).map(([, hash]) => hash));
      return second.blocks.some(bytes => held.has(hashOf(bytes)));
    });
  }
});

test('a client of the old protocol gets the same bytes as the others', async t => {
  const site = await LiveSite.open(t);
  const ready = await site.readyFolder('bloques');
  await using old = await startOldViewer(ownLoopback());
  const broadcaster = await site.broadcast([ready.path, '--puerto-cliente', String(old.port), '--max-clientes', '1']);
  const viewer = await site.watch();
  await viewer.block(0);
  t.is(await old.say(6060, '100', site.ip), '');
  await eventually('an answer and three blocks came', () => old.calls.length >= 4, 60_000);
  const [answer, ...blocks] = old.calls;
  t.is(answer!.bytes.toString(), '10');
  const known = ready.blocks.map(hashOf);
  const order = blocks.slice(0, 3).map(({ bytes }) => known.indexOf(hashOf(bytes)));
  t.deepEqual(order, [order[0]!, (order[0]! + 1) % 3, (order[0]! + 2) % 3]);
  t.is(await old.say(6060, '130', site.ip), '2');
  t.is(await old.say(6060, '110', site.ip), `['${old.ip}', '127.0.0.1']`);
  await using late = await startOldViewer(ownLoopback(), old.port);
  await late.say(6060, '100', site.ip);
  await eventually('who finds it full is told', () => late.calls[0]?.bytes.toString() === '00');
  await broadcaster.ask('CANALES', /^0 +\S+ +\d+ +1 +1 *$/);
});

test('two channels on the air are watched by whoever wants which, and one that breaks does not stop the other', async t => {
  const site = await LiveSite.open(t);
  const good = await site.readyFolder('buena');
  const broken = await site.readyFolder('rota', { count: 2 });
  const broadcaster = await site.broadcast(['--canal', '0', broken.path, '--canal', '1', good.path]);
  const [ofBroken, ofGood] = await Promise.all([site.watch(['--canal', '0']), site.watch(['--canal', '1'])]);
  await Promise.all([ofBroken.program.says(/Canal 0: bloque/), ofGood.program.says(/Canal 1: bloque/)]);
  await rm(broken.path, { recursive: true });
  await broadcaster.says(/El canal 0 se interrumpe/);
  const { number } = ofGood.blocks.at(-1)!;
  await ofGood.block(number + 3);
  t.deepEqual(ofGood.blocks.map(block => block.number), ofGood.blocks.map((_, index) => ofGood.blocks[0]!.number + index));

  await mkdir(broken.path);
  await Promise.all(broken.blocks.map((bytes, index) => writeFile(join(broken.path, `rota_${index}.mkv`), bytes)));
  await ofBroken.block(ofBroken.blocks.at(-1)!.number + 1);
});

test('who does not relay is fed by those who do, and feeds nobody', async t => {
  const site = await LiveSite.open(t);
  const { path } = await site.readyFolder('bloques');
  await site.broadcast([path]);
  const relaying = await Promise.all([site.watch(), site.watch()]);
  await Promise.all(relaying.map(viewer => viewer.block(0)));
  const others = await Promise.all([1, 2, 3].map(() => site.watch(['--max-retransmisiones', '0'])));
  await Promise.all(others.map(viewer => viewer.block(0)));
  for (const viewer of others) t.false((await viewer.connections()).some(row => row.startsWith('envía a')));
});

test('who finds no room is told so, and watches when there is some', async t => {
  const site = await LiveSite.open(t);
  const { path } = await site.readyFolder('bloques');
  await site.broadcast([path]);
  const first = await Promise.all([1, 2].map(() => site.watch(['--max-retransmisiones', '0'])));
  await Promise.all(first.map(viewer => viewer.block(0)));
  const late = await site.watch(['--max-retransmisiones', '0']);
  await late.program.says(/El canal 0 de \S+ está lleno/);
  const after = late.program.lines.length;
  first[0]!.program.type('DESCONECTAR');
  t.is((await first[0]!.program.ended()).status, 0);
  await late.program.says(/Se recibe el canal 0/, { after });
  await late.block((await first[1]!.block(0, { after: first[1]!.program.lines.length })).number);
});

test('a film is shown to players of this machine, from the viewer', async t => {
  const site = await LiveSite.open(t);
  await site.broadcast([await site.film('película.mp4')]);
  const viewer = await site.watch(['--retardo', '3']);
  const url = await viewer.url();
  const list = await eventually('there is something to play', async () => {
    const answer = await fetch(url);
    const text = await answer.text();
    return answer.ok && text.includes('#EXTINF') ? text : undefined;
  });
  const path = list.split('\n').find(line => line !== '' && !line.startsWith('#'))!;
  const piece = await fetch(new URL(path, url));
  t.is(piece.status, 200);
  t.true((await piece.arrayBuffer()).byteLength > 0);
});

/** Another program's. */
async function takePort(t: ExecutionContext, ip: string): Promise<number> {
  const server = createServer().listen({ host: ip, port: 0 });
  t.teardown(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function refuses(t: ExecutionContext, { status, stdout, stderr }: ProgramEnd, expected: number, sentence: RegExp): void {
  t.is(status, expected, stderr);
  t.is(stdout, '');
  t.regex(stderr, /^videocanal: [^\n]+\n$/);
  t.regex(stderr, sentence);
}

async function holdsBlocksOf(t: ExecutionContext, viewer: LiveViewer, { blocks }: ReadyFolder): Promise<void> {
  for (const [number, hash] of await viewer.hashes()) t.is(hash, hashOf(blocks[number % blocks.length]!), `block ${number}`);
}
