import { readFile } from 'node:fs/promises';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { binaryOf } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';
import { isTmuxHere, openTerminal } from '../helpers/terminal-session.ts';

const videos = new Map([
  ['agua.mp4', randomBytes(12 * MIB, 21)],
  ['faro.mp4', randomBytes(8 * MIB, 22)],
]);
const COLUMNS = 100;

(isTmuxHere() ? test : test.skip)('in a terminal, two downloads show their bars while commands are typed and answered below', async t => {
  const cluster = await TalkingCluster.start(t, 0);
  for (const [name, bytes] of videos) await cluster.putVideo(1, name, bytes);
  await cluster.startSecondary(1);
  for (const name of videos.keys()) await cluster.whenHeldBy(name, 1);
  const command = [process.execPath, binaryOf('videocliente'), '--puerto-central', String(cluster.centralPort), '--limite', '2M', '--nombre', 'ana'];
  const terminal = await openTerminal(t, command, { cwd: cluster.directory, columns: COLUMNS, rows: 24 });
  const isPrompt = (row: string | undefined) => row === 'cliente>';

  await terminal.shows('the prompt', rows => isPrompt(rows.at(-1)));
  for (const name of videos.keys()) {
    const typed = `video ${name.slice(0, 3)}`;
    await terminal.press(typed);
    // Keys that come at once are a pasted text, in which a Tab is a Tab.
    await terminal.shows('what was typed', rows => rows.at(-1) === `cliente> ${typed}`);
    await terminal.press('Tab');
    await terminal.shows('the whole name', rows => rows.at(-1) === `cliente> video ${name}`);
    await terminal.press('Enter');
  }
  const bars = await terminal.shows('a bar for each file and one for its source, above the prompt', rows => {
    const files = [...videos.keys()].filter(name => rows.some(row => new RegExp(`^${name} +█*░+ .* %`).test(row)));
    const sources = rows.filter(row => /^ {2}secundario-1 .*█/.test(row));
    return files.length === videos.size && sources.length === videos.size && isPrompt(rows.at(-1));
  });
  t.true(bars.every(row => [...row].length <= COLUMNS));

  await terminal.press('buscar faro', 'Enter');
  await terminal.shows('the answer, and the prompt below the bars', rows =>
    rows.some(row => /faro\.mp4 .*8 MiB/.test(row)) && isPrompt(rows.at(-1)),
  );
  for (const name of videos.keys()) await terminal.shows(`the report of ${name}`, rows => rows.includes(`«${name}»: descarga completa y verificada.`));
  await terminal.shows('no bar any more', rows => !rows.some(row => row.includes('█')) && isPrompt(rows.at(-1)));
  await terminal.press('C-d');
  await terminal.shows('its end', rows => rows.at(-1) === 'FIN 0');
  for (const [name, bytes] of videos) t.true(bytes.equals(await readFile(cluster.path(name))));
});
