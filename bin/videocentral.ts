#!/usr/bin/env node
import { join } from 'node:path';
import { byteRateOf } from '../lib/apps/byte-rate.ts';
import { startCentral } from '../lib/apps/central/central.ts';
import { centralProgram } from '../lib/apps/central/flags.ts';
import { parseCentralOrder } from '../lib/apps/central/orders.ts';
import { centralSettings } from '../lib/apps/central/settings.ts';
import { runProgram } from '../lib/apps/program.ts';
import { tlsFilesOf } from '../lib/apps/tls-flags.ts';
import { systemClock } from '../lib/base/clock.ts';
import { DAY_MS } from '../lib/base/units.ts';

void runProgram(import.meta, centralProgram, async ({ flags, words, language, messages, help, screen, log, stopping, openQuestions, readCommands }) => {
  const order = parseCentralOrder(words, flags, messages);
  if (order?.type === 'help') return screen.print(help());
  const settings = centralSettings({
    ip: flags.ip,
    port: flags.puerto,
    isAnnounced: flags.anunciar,
    publicNames: flags.nombrePublico?.split(',').map(name => name.trim()),
    isReadingOpen: flags.lectura === 'abierta',
    tls: tlsFilesOf(flags, messages),
    dataDirectory: flags.datos,
    databaseUrl: flags.baseDatos,
    replicas: flags.replicas,
    maxDownloads: flags.maxDescargas,
    repairBytesPerSecond: byteRateOf(flags.limiteReparacion, '--limite-reparacion', messages),
    statisticsDirectory: flags.estadisticas,
    trashKeptMs: flags.papelera * DAY_MS,
  });
  // What running a central never needs stays out of its start.
  if (order?.type === 'plot') {
    const { plotCentral } = await import('../lib/apps/plots/plots.ts');
    return plotCentral(join(settings.statisticsDirectory, 'central.json'), { directory: order.directory, screen, language, messages, signal: stopping.drain });
  }
  if (order) {
    const { runUpkeep } = await import('../lib/apps/upkeep/upkeep.ts');
    return runUpkeep(order, { databaseUrl: settings.databaseUrl, screen, language, messages, signal: stopping.drain });
  }
  if (flags.napster) {
    const { askPlace, napsterLog } = await import('../lib/apps/central/napster.ts');
    const place = await askPlace({ ip: flags.ip, port: flags.puerto }, { open: openQuestions, print: line => screen.print(line) });
    await using _server = await startCentral({ ...settings, ...place }, { log: napsterLog(line => screen.print(line)), clock: systemClock });
    await readCommands([], { prompt: '', isOff: true });
    return;
  }
  await using central = await startCentral(settings, { log, clock: systemClock });
  await readCommands(central.commands({ language, messages }), { prompt: 'central> ', isOff: flags.sinConsola });
});
