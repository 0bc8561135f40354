import { VideoError } from '../../base/errors.ts';
import type { Program } from '../program.ts';
import { runBroadcast } from './broadcast/broadcast.ts';
import type { liveProgram } from './flags.ts';
import { broadcastSettings, watchSettings } from './settings.ts';
import { runWatch } from './watch/watch.ts';

export type LiveProgram = Program<typeof liveProgram.flags>;

/** `videocanal`: broadcasts or watches, until `salir`, the end of its input or a signal. */
export async function runLive(program: LiveProgram): Promise<void> {
  const { flags, messages, words } = program;
  const [order, ...rest] = words;
  switch (order) {
    case 'emitir':
      return await runBroadcast(broadcastSettings(flags, rest, messages), program);
    case 'ver':
      return await runWatch(watchSettings(flags, rest, messages), program);
    default:
      throw new VideoError('usage', { reason: messages.live.orderMissing });
  }
}
