import { readFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { skipped } from '../helpers/mounts.ts';
import { binaryOf } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';
import { isTmuxHere, openTerminal, type TerminalSession } from '../helpers/terminal-session.ts';

const videos = { 'invierno.mp4': randomBytes(120 * MIB, 11), 'verano en la playa.mp4': randomBytes(160 * MIB, 12) };
const PROMPT = 'cliente>';

test.serial('two downloads at once in a terminal: bars above, the prompt below, and nothing left over', async t => {
  if (!isTmuxHere()) return skipped(t, 'tmux is not installed');
  const { cluster, terminal } = await openConsole(t, ['--limite', '60MiB/s']);
  for (const name of Object.keys(videos)) await terminal.press(`VIDEO ${name}`, 'Enter');
  await terminal.shows('two groups of bars', rows => barsIn(rows).length === 2 * 3);
  await terminal.press('LISTA_VIDEOS', 'Enter');
  const listed = await terminal.shows('the list', rows => rows.some(row => row.includes('│ invierno.mp4')) && barsIn(rows).length === 2 * 3);
  t.is(listed.at(-1), PROMPT);
  t.true(listed.findIndex(row => row.startsWith('└')) < listed.indexOf(barsIn(listed)[0]!));

  // Half a command, while everything moves and the window changes.
  await terminal.press('esta');
  await terminal.shows('what is typed', rows => rows.at(-1) === `${PROMPT} esta`);
  await terminal.resize(64, 24);
  await terminal.shows('narrow rows', rows => rows.at(-1) === `${PROMPT} esta` && rows.filter(row => row.startsWith('  secundario-1')).length === 2);
  await terminal.resize(100, 40);
  await terminal.shows('wide rows', rows => rows.at(-1) === `${PROMPT} esta` && barsIn(rows).length === 2 * 3);
  await terminal.press('do', 'Enter');
  await terminal.shows('the state', rows => rows.includes('Réplicas de cada vídeo: 2.'));

  const rows = await terminal.shows('both ends', shown => shown.filter(row => row.endsWith('descarga completa y verificada.')).length === 2);
  t.deepEqual(barsIn(rows), []);
  t.is(rows.at(-1), PROMPT);
  t.deepEqual(await terminal.cursor(), { row: rows.length - 1, column: PROMPT.length + 1 });
  const history = await terminal.history();
  t.deepEqual(barsIn(history), []);
  const typed = [...Object.keys(videos).map(name => `VIDEO ${name}`), 'LISTA_VIDEOS', 'estado'];
  t.deepEqual(history.filter(row => row.startsWith(PROMPT)), [...typed.map(line => `${PROMPT} ${line}`), PROMPT]);
  for (const [name, bytes] of Object.entries(videos)) t.true(bytes.equals(await readFile(cluster.path(name))), name);

  await terminal.press('C-d');
  const last = await terminal.shows('the end', shown => shown.at(-1) === 'FIN 0');
  t.regex(last.at(-2)!, /Estadísticas guardadas en stats\/cliente-yo\.json\.$/);
});

test.serial('Ctrl-C in a terminal puts a download down and leaves the screen clean', async t => {
  if (!isTmuxHere()) return skipped(t, 'tmux is not installed');
  const { terminal } = await openConsole(t, ['--limite', '5MiB/s']);
  await terminal.press('VIDEO invierno.mp4', 'Enter');
  await terminal.shows('bars', rows => barsIn(rows).length === 3);
  await terminal.press('C-c');
  const rows = await terminal.shows('the end', shown => shown.at(-1) === 'FIN 130');
  t.deepEqual(barsIn(rows), []);
  t.true(rows.some(row => row.startsWith('«invierno.mp4»: descarga interrumpida.')), rows.join('\n'));
  t.is(rows.filter(row => row.includes('Terminando…')).length, 1);
});

function barsIn(rows: readonly string[]): readonly string[] {
  return rows.filter(row => /[█░]{6}/.test(row));
}

/** The client's console in a terminal; two secondaries hold the videos. */
async function openConsole(t: ExecutionContext, flags: readonly string[]): Promise<{ cluster: TalkingCluster; terminal: TerminalSession }> {
  const cluster = await TalkingCluster.open(t);
  for (const [name, bytes] of Object.entries(videos)) await cluster.putVideo(1, name, bytes);
  await cluster.startCentral(['--replicas', '2']);
  await Promise.all([cluster.startSecondary(1), cluster.startSecondary(2)]);
  for (const name of Object.keys(videos)) await cluster.whenHeldBy(name, 2);
  const command = [process.execPath, binaryOf('videocliente'), '--puerto-central', String(cluster.centralPort), '--nombre', 'yo', ...flags];
  const terminal = await openTerminal(t, command, { cwd: cluster.directory, columns: 100, rows: 40 });
  await terminal.shows('the prompt', rows => rows.at(-1) === PROMPT);
  return { cluster, terminal };
}
