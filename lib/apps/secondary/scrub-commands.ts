import type { Command, CommandOutput } from '../../base/command.ts';
import { VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { DAY_MS, formatRate } from '../../base/units.ts';
import { nearestNames } from '../../domain/near-names.ts';
import { limits } from '../../protocol/limits.ts';
import type { SecondaryState, Speech } from './commands.ts';

/** `REVISAR [nombre]`: what is stored is read again, before its time. */
export function reviewCommand(state: SecondaryState, { secondary: { commands, argumentNames, reviewing } }: Messages): Command {
  const names = () => [...state.files.keys(), ...state.damaged.keys()];
  return {
    name: 'REVISAR',
    argument: argumentNames.review,
    help: commands.review,
    complete: async typed => names().filter(name => name.startsWith(typed)),
    async run(argument, output) {
      const videos = state.verify(argument === '' ? undefined : argument);
      if (videos === 0 && argument !== '') throw new VideoError('file_not_found', { name: argument, near: nearestNames(argument, names(), limits.nearNames) });
      output.line(reviewing(videos));
    },
  };
}

/** What is due to be read again, and what was found damaged. */
export function showScrub({ scrub, damaged, date }: SecondaryState, output: CommandOutput, { language, messages }: Speech): void {
  const { status, ago } = messages.secondary;
  const { next, rate, oldestReadAtMs, doubted } = scrub;
  if (next === undefined) output.line(status.nothingToScrub);
  else output.line(status.scrub(next, formatRate(rate, language), ago(Math.floor(Math.max(0, date() - (oldestReadAtMs ?? date())) / DAY_MS))));
  if (doubted > 0) output.line(status.doubted(doubted));
  for (const { name, badParts } of damaged.values()) output.line(status.damaged(name, badParts.length));
}
