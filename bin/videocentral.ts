#!/usr/bin/env node
import { startCentral } from '../lib/apps/central/central.ts';
import { centralProgram } from '../lib/apps/central/flags.ts';
import { centralSettings } from '../lib/apps/central/settings.ts';
import { runProgram } from '../lib/apps/program.ts';
import { systemClock } from '../lib/base/clock.ts';
import { DAY_MS } from '../lib/base/units.ts';

void runProgram(import.meta, centralProgram, async ({ flags, language, messages, log, readCommands }) => {
  const settings = centralSettings({
    ip: flags.ip,
    port: flags.puerto,
    publicNames: flags.nombrePublico?.split(',').map(name => name.trim()),
    dataDirectory: flags.datos,
    databaseUrl: flags.baseDatos,
    replicas: flags.replicas,
    maxDownloads: flags.maxDescargas,
    statisticsDirectory: flags.estadisticas,
    trashKeptMs: flags.papelera * DAY_MS,
  });
  await using central = await startCentral(settings, { log, clock: systemClock });
  await readCommands(central.commands({ language, messages }), { prompt: 'central> ', isOff: flags.sinConsola });
});
