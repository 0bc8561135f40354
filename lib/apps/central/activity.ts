import type { TicketStatus } from '../../domain/admission.ts';
import { copyLeftMs, copyRate } from '../../domain/explanation.ts';
import type { Activity } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import type { CentralState } from './state.ts';

/**
 * What goes on now.
 *
 * @throws VideoError `catalog_unavailable`
 */
export async function activityOf(state: CentralState): Promise<Activity> {
  const copies = copiesOf(state);
  const files = await state.lacking.count();
  return { repairs: { files, ordered: copies.length, copies: copies.slice(0, limits.activityListed) }, downloads: downloadsOf(state) };
}

type ListedCopy = Activity['repairs']['copies'][number];

/** Whoever of the centrals plans the copies knows how fast they go; the others see how far they are. */
function copiesOf({ registry, duty, replication, clock }: CentralState): ListedCopy[] {
  const nowMs = clock.now();
  const standing = new Map(replication.standing.map(order => [`${order.node}/${order.video.id}`, order]));
  const copies = registry.all(nowMs).flatMap(node =>
    duty.copiesFor(node.number).map(({ video: { id, name, sizeBytes, nodes } }) => {
      const order = standing.get(`${node.number}/${id}`);
      const rate = order?.progress && copyRate(order.progress, nowMs);
      const leftMs = order && copyLeftMs(order, nowMs);
      const running = node.copying.find(copy => copy.id === id);
      return {
        id,
        name,
        sizeBytes,
        from: [...nodes],
        to: node.number,
        ...(running && { doneBytes: running.doneBytes ?? 0 }),
        ...(running && rate !== undefined && { bytesPerSecond: Math.round(rate) }),
        ...(running && leftMs !== undefined && { leftMs }),
      };
    }),
  );
  return copies.sort((a, b) => Number('doneBytes' in b) - Number('doneBytes' in a));
}

function downloadsOf({ admission, clock }: CentralState): Activity['downloads'] {
  const nowMs = clock.now();
  const { running, waiting } = admission.counts;
  const all = admission.all();
  const told = ({ client, name, openedAtMs, grantedAtMs = nowMs }: TicketStatus) => ({ client, name, waitedMs: Math.round(grantedAtMs - openedAtMs) });
  return {
    running,
    waiting,
    granted: all.slice(0, Math.min(running, limits.activityListed)).map(ticket => ({ ...told(ticket), runningMs: Math.round(nowMs - ticket.grantedAtMs!), doneBytes: ticket.doneBytes, sizeBytes: ticket.sizeBytes })),
    line: all.slice(running, running + limits.activityListed).map((ticket, index) => ({ ...told(ticket), position: index + 1 })),
  };
}
