#!/usr/bin/env node
import '../lib/apps/small-heap.ts';
import { chosenCentrals } from '../lib/apps/central-urls.ts';
import { runProgram } from '../lib/apps/program.ts';
import { secondaryProgram } from '../lib/apps/secondary/flags.ts';
import { startSecondary } from '../lib/apps/secondary/secondary.ts';
import { secondarySettings } from '../lib/apps/secondary/settings.ts';
import { secretOf } from '../lib/apps/secret.ts';
import { securedUrls, tlsFilesOf } from '../lib/apps/tls-flags.ts';
import { systemClock } from '../lib/base/clock.ts';
import { systemRandom } from '../lib/base/random.ts';

void runProgram(import.meta, secondaryProgram, async ({ flags, language, messages, log, stopping, readCommands }) => {
  const settings = secondarySettings({
    number: flags.numero,
    ip: flags.ip,
    port: flags.puerto,
    host: flags.direccion,
    centralUrls: securedUrls(chosenCentrals(flags, messages), flags.tlsCa),
    tls: tlsFilesOf(flags, messages),
    directory: flags.directorio,
    statisticsDirectory: flags.estadisticas,
    secret: secretOf(flags.secreto, process.env, messages),
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
