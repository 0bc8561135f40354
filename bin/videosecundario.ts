#!/usr/bin/env node
import '../lib/apps/small-heap.ts';
import { centralUrlsOf } from '../lib/apps/central-urls.ts';
import { runProgram } from '../lib/apps/program.ts';
import { secondaryProgram } from '../lib/apps/secondary/flags.ts';
import { startSecondary } from '../lib/apps/secondary/secondary.ts';
import { secondarySettings } from '../lib/apps/secondary/settings.ts';
import { systemClock } from '../lib/base/clock.ts';
import { systemRandom } from '../lib/base/random.ts';

void runProgram(import.meta, secondaryProgram, async ({ flags, language, messages, log, stopping, readCommands }) => {
  const settings = secondarySettings({
    number: flags.numero,
    ip: flags.ip,
    port: flags.puerto,
    host: flags.direccion,
    centralUrls: centralUrlsOf(flags.ipCentral, flags.puertoCentral, messages),
    directory: flags.directorio,
    statisticsDirectory: flags.estadisticas,
    secret: flags.secreto,
    zone: flags.zona,
  });
  await using secondary = await startSecondary(settings, {
    log,
    clock: systemClock,
    random: systemRandom,
    signal: stopping.abort,
  });
  const prompt = `secundario${secondary.number}> `;
  await readCommands(secondary.commands({ language, messages }), { prompt, isOff: flags.sinConsola });
});
