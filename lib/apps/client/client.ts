import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
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
import { isClientStatistics } from './statistics.ts';

/** The client: one order of the command line, or the console until its input ends. */
export async function runClient(program: Program<(typeof clientProgram)['flags']>): Promise<void> {
  const { flags, words, messages, language, screen, log, stopping } = program;
  const settings = clientSettings(flags, messages);
  const order = words.length > 0 ? parseOrder(words, flags.salida !== undefined, messages) : undefined;
  if (order?.type === 'help') return screen.print(program.help);

  await using control = createControlClient(settings.centralUrls, { log });
  const ports: GetPorts = {
    control: control.client,
    clock: systemClock,
    random: systemRandom,
    log,
    openSink: (manifest, finalPath, signal) =>
      openResumableFile({ manifest, finalPath, partialPath: partialPathFor(finalPath), signal }),
    openSources: manifest => openNodeSources(manifest),
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
