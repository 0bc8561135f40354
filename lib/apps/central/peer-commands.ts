import type { Command } from '../../base/command.ts';
import { formatDuration } from '../../base/units.ts';
import type { PeerStatus } from '../../domain/peer-registry.ts';
import { limits } from '../../protocol/limits.ts';
import type { Reader } from './commands.ts';
import type { CentralState } from './state.ts';

/** What the console tells of peers. */
export function peerCommands({ peers, clock }: Pick<CentralState, 'peers' | 'clock'>, { messages }: Pick<Reader, 'messages'>): readonly Command[] {
  const { central } = messages;
  const { headings, reached, unreached, distrusted, none, more } = central.peers;
  const standing = ({ isReachable, distrustLeftMs }: PeerStatus) => (distrustLeftMs > 0 ? distrusted(formatDuration(distrustLeftMs)) : isReachable ? reached : unreached);
  return [
    {
      name: 'PEERS',
      aliases: ['PARES'],
      help: central.commands.peers,
      async run(_argument, output) {
        const all = [...peers.all(clock.now())];
        if (all.length === 0) return output.line(none);
        const shown = all.slice(0, limits.activityListed);
        output.table(
          headings,
          shown.map(peer => [peer.address, String(peer.files), formatDuration(peer.leaseLeftMs), standing(peer)]),
          shown.map(({ address, files, leaseLeftMs, isReachable, distrustLeftMs }) => ({
            address,
            files,
            leaseLeftMs: Math.round(leaseLeftMs),
            isReachable,
            distrustLeftMs: Math.round(distrustLeftMs),
          })),
        );
        if (all.length > shown.length) output.line(more(all.length - shown.length));
      },
    },
  ];
}
