import test from 'ava';
import { binaryOf } from '../helpers/programs.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { isTmuxHere, openTerminal } from '../helpers/terminal-session.ts';

const onTerminal = isTmuxHere() ? test.serial : test.serial.skip;

for (const [key, isYes, told] of [['n', false, 'No se ha eliminado nada'], ['s', true, 'está en la papelera']] as const) {
  onTerminal(`in a terminal a removal is asked for: ${key}`, async t => {
    const cluster = await ProcessCluster.start(t, { secondaries: 1 });
    await cluster.addFile('faro.mp4', 1000, 1);
    const command = [process.execPath, binaryOf('videocliente'), 'eliminar', 'faro.mp4', '--puerto-central', String(cluster.centralPort)];
    const terminal = await openTerminal(t, command, { cwd: cluster.directory, columns: 100, rows: 20 });
    await terminal.shows('the question', rows => rows.some(row => row.includes('¿Llevar a la papelera «faro.mp4»? [s/N]')));
    await terminal.press(key, 'Enter');
    const rows = await terminal.shows('the end', shown => shown.some(row => row.startsWith('FIN')));
    t.true(rows.includes('FIN 0'));
    t.true(rows.some(row => row.includes(told)), rows.join('\n'));
    t.is((await cluster.ask<{ items: object[] }>('/videos')).items.length, isYes ? 0 : 1);
  });
}

onTerminal('Ctrl-C at the question removes nothing', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  await cluster.addFile('faro.mp4', 1000, 1);
  const command = [process.execPath, binaryOf('videocliente'), 'eliminar', 'faro.mp4', '--puerto-central', String(cluster.centralPort)];
  const terminal = await openTerminal(t, command, { cwd: cluster.directory, columns: 100, rows: 20 });
  await terminal.shows('the question', rows => rows.some(row => row.includes('[s/N]')));
  await terminal.press('C-c');
  const rows = await terminal.shows('the end', shown => shown.some(row => row.startsWith('FIN')));
  t.true(rows.includes('FIN 130'), rows.join('\n'));
  t.is((await cluster.ask<{ items: object[] }>('/videos')).items.length, 1);
});
