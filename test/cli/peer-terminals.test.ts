import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { freePorts } from '../../lib/io/http/free-ports.ts';
import { binaryOf, type ProgramName } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { isTmuxHere, openTerminal, type TerminalSession } from '../helpers/terminal-session.ts';

const NAME = 'faro.mp4';
const bytes = randomBytes(9 * MIB, 63);
const MENU = 'JOIN, SEARCH, DOWNLOAD, LEAVE>';
/** What a person sees between the menu and the answers is a question and what was typed. */
const isAsked = (row: string) => /^(JOIN, SEARCH|IP|porta|pasta|arquivo com)/.test(row);

(isTmuxHere() ? test : test.skip)('in four terminals, a server and three peers say their lines and nothing else', async t => {
  const cwd = await temporaryDirectory(t);
  await mkdir(join(cwd, 'p1'));
  await writeFile(join(cwd, 'p1', NAME), bytes);
  const [port] = await freePorts(1);
  const open = (program: ProgramName, ...flags: readonly string[]) =>
    openTerminal(t, [process.execPath, binaryOf(program), ...flags], { cwd, columns: 100, rows: 24 });
  const server = await open('videocentral', '--napster');
  await type(server, 'IP do servidor (Enter: 127.0.0.1):', '');
  await type(server, 'Porta do servidor (Enter: 1099):', String(port));
  const [one, two, three] = await Promise.all([1, 2, 3].map(() => open('videopeer', '--puerto-central', String(port))));
  const addresses: string[] = [];
  const peers = [one!, two!, three!];
  for (const [index, terminal] of peers.entries()) addresses.push(await joinFrom(terminal, `./p${index + 1}`));

  await answer(two!, 'SEARCH', ['nada.mp4'], 'peers com arquivo solicitado:');
  await answer(two!, 'search', [NAME], `peers com arquivo solicitado: ${addresses[0]}`);
  await answer(two!, 'Download', ['127.0.0.1', portOf(addresses[0]!)], `Arquivo ${NAME} baixado com sucesso na pasta ./p2`);
  await answer(three!, 'SEARCH', [NAME], `peers com arquivo solicitado: ${addresses[1]} ${addresses[0]}`);
  await answer(three!, 'DOWNLOAD', [''], `Arquivo ${NAME} baixado com sucesso na pasta ./p3`);
  for (const folder of ['p2', 'p3']) t.true(bytes.equals(await readFile(join(cwd, folder, NAME))));

  for (const terminal of peers) await terminal.press('C-d');
  for (const terminal of peers) await terminal.shows('its end', rows => rows.at(-1) === 'FIN 0');
  const said = async (terminal: TerminalSession) => (await terminal.history()).filter(row => !isAsked(row));
  t.deepEqual(await said(one!), [`Sou peer ${addresses[0]} com arquivos ${NAME}`, 'FIN 0']);
  t.deepEqual(await said(two!), [
    `Sou peer ${addresses[1]} com arquivos`,
    'peers com arquivo solicitado:',
    `peers com arquivo solicitado: ${addresses[0]}`,
    `Arquivo ${NAME} baixado com sucesso na pasta ./p2`,
    'FIN 0',
  ]);
  t.deepEqual(await said(three!), [
    `Sou peer ${addresses[2]} com arquivos`,
    `peers com arquivo solicitado: ${addresses[1]} ${addresses[0]}`,
    `Arquivo ${NAME} baixado com sucesso na pasta ./p3`,
    'FIN 0',
  ]);
  t.deepEqual((await server.rows()).slice(2), [
    `Peer ${addresses[0]} adicionado com arquivos ${NAME}`,
    `Peer ${addresses[1]} adicionado com arquivos`,
    `Peer ${addresses[2]} adicionado com arquivos`,
    `Peer ${addresses[1]} solicitou arquivo nada.mp4`,
    `Peer ${addresses[1]} solicitou arquivo ${NAME}`,
    `Peer ${addresses[2]} solicitou arquivo ${NAME}`,
  ]);
  await server.press('C-c');
  await server.shows('its end', rows => rows.at(-1)?.endsWith('FIN 0') ?? false);
});

/** Tells the address that the peer says it has. */
async function joinFrom(terminal: TerminalSession, folder: string): Promise<string> {
  await type(terminal, MENU, 'JOIN');
  await type(terminal, 'IP [127.0.0.1]:', '');
  await type(terminal, 'porta:', '0');
  await type(terminal, 'pasta:', folder);
  const find = (rows: readonly string[]) => rows.flatMap(row => /^Sou peer (\S+) com arquivos/.exec(row)?.[1] ?? [])[0];
  return find(await terminal.shows('its address, and the menu', rows => find(rows) !== undefined && rows.at(-1) === MENU))!;
}

async function answer(terminal: TerminalSession, order: string, answers: readonly string[], line: string): Promise<void> {
  await type(terminal, MENU, order);
  for (const typed of answers) {
    await terminal.shows('a question', rows => isAsked(rows.at(-1) ?? '') && rows.at(-1)!.endsWith(':'));
    await terminal.press(...(typed === '' ? [] : [typed]), 'Enter');
    await terminal.shows('what was typed', rows => rows.some(row => typed === '' || row.endsWith(`: ${typed}`)));
  }
  await terminal.shows(`«${line}», and the menu`, rows => rows.includes(line) && rows.at(-1) === MENU);
}

async function type(terminal: TerminalSession, prompt: string, typed: string): Promise<void> {
  await terminal.shows(`«${prompt}»`, rows => rows.at(-1) === prompt);
  await terminal.press(...(typed === '' ? [] : [typed]), 'Enter');
}

function portOf(address: string): string {
  return address.split(':').at(-1)!;
}
