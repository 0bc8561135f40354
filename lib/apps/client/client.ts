import { dirname } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import { makeFolder } from '../../io/files/make-folder.ts';
import { limitSources } from '../../domain/download/limited-sources.ts';
import { isClientStatistics } from '../../domain/statistics-guards.ts';
import { TokenBucket } from '../../domain/token-bucket.ts';
import { partialPathFor } from '../../io/files/partial-name.ts';
import { openResumableFile } from '../../io/files/resumable-file.ts';
import { createControlClient } from '../../io/http/control-client.ts';
import { openNodeSources } from '../../io/http/node-sources.ts';
import { loadStatistics, saveStatistics } from '../../io/stats/statistics-file.ts';
import { createCommandOutput } from '../../io/terminal/command-output.ts';
import { createProgress } from '../../io/terminal/progress.ts';
import { withSpinner } from '../../io/terminal/spinner.ts';
import type { Program } from '../program.ts';
import type { clientProgram } from './flags.ts';
import type { GetPorts } from './get.ts';
import { parseOrder } from './orders.ts';
import { ClientSession } from './session.ts';
import { clientSettings } from './settings.ts';

/** The client: one order of the command line, or the console until its input ends. */
export async function runClient(program: Program<(typeof clientProgram)['flags']>): Promise<void> {
  const { flags, words, messages, language, screen, log, stopping } = program;
  const settings = clientSettings(flags, messages);
  const order = words.length > 0 ? parseOrder(words, flags.salida !== undefined, messages) : undefined;
  if (order?.type === 'help') return screen.print(program.help);

  const bucket = settings.limit === undefined ? undefined : new TokenBucket(settings.limit, systemClock.now());
  await using control = createControlClient(settings.centralUrls, { log });
  const ports: GetPorts = {
    control: control.client,
    centralUrl: settings.centralUrls.join(', '),
    clock: systemClock,
    random: systemRandom,
    log,
    async openSink(manifest, finalPath, signal) {
      await makeFolder(dirname(finalPath));
      return openResumableFile({ manifest, finalPath, partialPath: partialPathFor(finalPath), signal });
    },
    openSources: manifest => {
      const sources = openNodeSources(manifest);
      return bucket ? limitSources(sources, manifest, { bucket, clock: systemClock }) : sources;
    },
  };
  const session = new ClientSession(settings, {
    ...ports,
    language,
    messages,
    signal: stopping.drain,
    output: createCommandOutput(screen),
    views: createProgress({ screen, language, messages }),
    store: { load: path => loadStatistics(path, isClientStatistics, { log }), save: saveStatistics },
    tellProgram: screen.isJson ? value => screen.printJson(value) : undefined,
    tellError: text => screen.printError(text),
    whileLooking: (text, task) => withSpinner(screen, text, task),
  });
  if (order) await session.runOrder(order, flags.salida);
  else await session.runConsole(commands => program.readCommands(commands, { prompt: 'cliente> ' }));
}
