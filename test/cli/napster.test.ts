import test, { type ExecutionContext } from 'ava';
import { silentLog } from '../../lib/base/log.ts';
import { createControlClient } from '../../lib/io/http/control-client.ts';
import { freePorts } from '../../lib/io/http/free-ports.ts';
import type { ControlClient } from '../../lib/protocol/control.ts';
import { eventually } from '../helpers/eventually.ts';
import { FakePeer } from '../helpers/fake-peer.ts';
import { binaryOf, startProgram } from '../helpers/programs.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { isTmuxHere, openTerminal } from '../helpers/terminal-session.ts';

const onTerminal = isTmuxHere() ? test.serial : test.serial.skip;

test.serial('the server of peers says two lines and nothing else, wherever its place comes from', async t => {
  const cwd = await temporaryDirectory(t);
  const [port] = await freePorts(1);
  const places: readonly (readonly [flags: readonly string[], input: string, told: string])[] = [
    [[], `\n${port}\n`, ''],
    [['-i', '127.0.0.1', '-p', String(port), '--idioma', 'en'], '', ''],
    [['--ip', 'localhost'], `  ${port}  \nmore\n`, ''],
    [['--puerto', String(port), '--nivel', 'debug'], '', ''],
    [[], `hola\n127.0.0.1\n0\n99999\n${port}\n`, 'Digite um endereço IP, como 127.0.0.1.\nDigite uma porta, de 1 a 65535.\nDigite uma porta, de 1 a 65535.\n'],
  ];
  for (const [flags, input, told] of places) {
    const program = startProgram(t, 'videocentral', ['--napster', ...flags], { cwd, input });
    const lines = await examine(t, port!);
    const { status, stdout, stderr } = await program.stop('SIGTERM');
    t.deepEqual({ status, stdout, stderr }, { status: 0, stdout: told + lines.map(line => `${line}\n`).join(''), stderr: '' }, flags.join(' '));
  }
});

test.serial('a signal while it asks ends the server of peers', async t => {
  const program = startProgram(t, 'videocentral', ['--napster'], { cwd: await temporaryDirectory(t) });
  program.type('hola');
  await program.says(/Digite um endereço IP/);
  t.like(await program.stop('SIGTERM'), { status: 143, stderr: '' });
});

onTerminal('in a terminal the server of peers asks for its place, and shows two lines', async t => {
  const cwd = await temporaryDirectory(t);
  const [port] = await freePorts(1);
  const terminal = await openTerminal(t, [process.execPath, binaryOf('videocentral'), '--napster'], { cwd, columns: 100, rows: 20 });
  await terminal.shows('the first question', rows => rows.at(-1) === 'IP do servidor (Enter: 127.0.0.1):');
  await terminal.press('Enter');
  await terminal.shows('the second question', rows => rows.at(-1) === 'Porta do servidor (Enter: 1099):');
  await terminal.press(String(port), 'Enter');
  const lines = await examine(t, port!);
  const asked = ['IP do servidor (Enter: 127.0.0.1):', `Porta do servidor (Enter: 1099): ${port}`];
  t.deepEqual(await terminal.shows('all that is said', rows => rows.length >= asked.length + lines.length), [...asked, ...lines]);
  await terminal.press('C-c');
  const rows = await terminal.shows('the end', shown => shown.some(row => row.endsWith('FIN 0')));
  t.deepEqual(rows.slice(0, -1), [...asked, ...lines]);
});

onTerminal('Ctrl-D at a question takes what is usual, Ctrl-C ends', async t => {
  const cwd = await temporaryDirectory(t);
  const [port] = await freePorts(1);
  const command = [process.execPath, binaryOf('videocentral'), '--napster', '--puerto', String(port)];
  const ended = await openTerminal(t, command, { cwd, columns: 100, rows: 20 });
  await ended.shows('the question', rows => rows.length === 1);
  await ended.press('C-d');
  const lines = await examine(t, port!);
  await ended.shows('the lines', rows => rows.slice(1).join('\n') === lines.join('\n'));
  await ended.press('C-c');
  await ended.shows('the end', shown => shown.some(row => row.endsWith('FIN 0')));
  const left = await openTerminal(t, command, { cwd, columns: 100, rows: 20 });
  await left.shows('the question', rows => rows.length === 1);
  await left.press('C-c');
  await left.shows('the end', shown => shown.some(row => row.endsWith('FIN 130')));
});

test.serial('an ordinary central tells of peers in the language of who reads, and lists them', async t => {
  const cwd = await temporaryDirectory(t);
  const program = startProgram(t, 'videocentral', ['--puerto', '0'], { cwd });
  const [, port] = await program.says(/http:\/\/127\.0\.0\.1:(\d+)/);
  await program.ask('PEERS', /^No hay pares\.$/);
  const client = clientOf(t, Number(port));
  const [here, away] = [await FakePeer.start(t), await FakePeer.start(t)];
  await away.stop();
  await client.peers.join({ ...here.place, files: [{ name: 'aula1.mp4' }, { name: 'aula 2.mp4' }] });
  await program.says(new RegExp(`Se une el par ${here.address} con los archivos aula1\\.mp4 aula 2\\.mp4\\.$`));
  await client.peers.join({ ...away.place, files: [] });
  await program.says(new RegExp(`Al par ${away.address} no se llega \\(no responde\\): no se ofrece a los demás\\.$`));
  await client.peers.search({ name: 'a\u001b[31m.mp4' });
  await program.says(/El par 127\.0\.0\.1 busca el archivo a\\u\{1b\}\[31m\.mp4\.$/);
  await program.ask('pares', /^par +archivos +permiso +se ofrece$/);
  await program.says(new RegExp(`^${here.address} +2 +0:[23]\\d +sí$`));
  await program.says(new RegExp(`^${away.address} +0 +0:[23]\\d +no: no se llega a él$`));
  program.type('salir');
  t.like(await program.ended(), { status: 0, stderr: '' });
});

/** What its examiner does, and the lines that the server has to say. */
async function examine(t: ExecutionContext, port: number): Promise<readonly string[]> {
  await eventually('the server answers', () => fetch(`http://127.0.0.1:${port}/health`).then(({ ok }) => ok, () => false));
  const client = clientOf(t, port);
  const [first, second, away] = [await FakePeer.start(t), await FakePeer.start(t), await FakePeer.start(t)];
  await away.stop();
  const joined = await client.peers.join({ ...first.place, files: [{ name: 'aula1.mp4' }, { name: 'aula2.mp4' }] });
  const other = await client.peers.join({ ...second.place, files: [] });
  await client.peers.join({ ...away.place, files: [{ name: 'faro é.mp4' }] });
  t.deepEqual((await client.peers.search({ name: 'nada.mp4', peer: joined.peer })).peers, []);
  t.deepEqual((await client.peers.search({ name: 'aula2.mp4', peer: other.peer })).peers, [{ address: first.address }]);
  await client.peers.update({ peer: other.peer, added: [{ name: 'aula2.mp4' }] });
  t.is((await client.peers.search({ name: 'aula2.mp4' })).peers.length, 2);
  await client.peers.leave({ peer: joined.peer });
  return [
    `Peer ${first.address} adicionado com arquivos aula1.mp4 aula2.mp4`,
    `Peer ${second.address} adicionado com arquivos`,
    `Peer ${away.address} adicionado com arquivos faro é.mp4`,
    `Peer ${first.address} solicitou arquivo nada.mp4`,
    `Peer ${second.address} solicitou arquivo aula2.mp4`,
    'Peer 127.0.0.1 solicitou arquivo aula2.mp4',
  ];
}

function clientOf(t: ExecutionContext, port: number): ControlClient {
  const connection = createControlClient([`http://127.0.0.1:${port}`], { log: silentLog });
  t.teardown(() => connection[Symbol.asyncDispose]());
  return connection.client;
}
