import { readFile } from 'node:fs/promises';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { PeerSite } from '../helpers/peer-site.ts';
import { binaryOf } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { isTmuxHere, openTerminal, type TerminalSession } from '../helpers/terminal-session.ts';

const NAME = 'faro.mp4';
const bytes = randomBytes(9 * MIB, 63);
const MENU = 'JOIN, SEARCH, DOWNLOAD, LEAVE>';
/** What a person sees between the menu and the answers is a question and what was typed. */
const isAsked = (row: string) => /^(JOIN, SEARCH|IP|porta|pasta|arquivo com)/.test(row);

(isTmuxHere() ? test : test.skip)('in terminals, peers are asked question by question, and what they answer are the lines alone', async t => {
  const site = await PeerSite.start(t);
  await site.put('p1', NAME, bytes);
  const open = () => openTerminal(t, [process.execPath, binaryOf('videopeer'), ...site.centralFlags], { cwd: site.directory, columns: 100, rows: 24 });
  const [one, two, three] = await Promise.all([open(), open(), open()]);
  const addresses: string[] = [];
  for (const [index, terminal] of [one, two, three].entries()) addresses.push(await join(terminal, `./p${index + 1}`));

  await answer(two, 'SEARCH', ['nada.mp4'], 'peers com arquivo solicitado:');
  await answer(two, 'search', [NAME], `peers com arquivo solicitado: ${addresses[0]}`);
  await answer(two, 'Download', ['127.0.0.1', portOf(addresses[0]!)], `Arquivo ${NAME} baixado com sucesso na pasta ./p2`);
  await answer(three, 'SEARCH', [NAME], `peers com arquivo solicitado: ${addresses[1]} ${addresses[0]}`);
  await answer(three, 'DOWNLOAD', [''], `Arquivo ${NAME} baixado com sucesso na pasta ./p3`);
  for (const folder of ['p2', 'p3']) t.true(bytes.equals(await readFile(site.path(folder, NAME))));

  for (const terminal of [one, two, three]) await terminal.press('C-d');
  for (const terminal of [one, two, three]) await terminal.shows('its end', rows => rows.at(-1) === 'FIN 0');
  const said = async (terminal: TerminalSession) => (await terminal.history()).filter(row => !isAsked(row));
  t.deepEqual(await said(one), [`Sou peer ${addresses[0]} com arquivos ${NAME}`, 'FIN 0']);
  t.deepEqual(await said(two), [
    `Sou peer ${addresses[1]} com arquivos`,
    'peers com arquivo solicitado:',
    `peers com arquivo solicitado: ${addresses[0]}`,
    `Arquivo ${NAME} baixado com sucesso na pasta ./p2`,
    'FIN 0',
  ]);
  t.deepEqual(await said(three), [
    `Sou peer ${addresses[2]} com arquivos`,
    `peers com arquivo solicitado: ${addresses[1]} ${addresses[0]}`,
    `Arquivo ${NAME} baixado com sucesso na pasta ./p3`,
    'FIN 0',
  ]);
});

/** Tells the address that the peer says it has. */
async function join(terminal: TerminalSession, folder: string): Promise<string> {
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
