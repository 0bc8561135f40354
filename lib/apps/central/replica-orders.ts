import type { ReplicaOrder } from '../../domain/departures.ts';
import type { Heartbeat, Order } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import type { CentralState } from './state.ts';

/**
 * What a node is to do about replicas whose names changed, from the catalogue alone: any central gives the same orders, also
 * one that just started, and to a node that was away for months. To be called when the catalogue has the node's inventory
 * as it is in the heartbeat: orders that follow from an older one could take away what came since.
 */
export async function replicaOrdersFor({ catalog, clock }: CentralState, heartbeat: Heartbeat): Promise<readonly Order[]> {
  const { number, copying, damaged = [], isAllRead = true, obeyed = [] } = heartbeat;
  // A damaged replica is in no inventory, and will be in one when it is mended, under the name that it has.
  await catalog.settleDepartures(number, { copying: [...copying, ...damaged].map(({ id }) => id), isAllRead, obeyed }, clock.date());
  return (await catalog.replicaOrders(number, limits.replicaOrdersPerHeartbeat)).map(toWire);
}

function toWire(order: ReplicaOrder): Order {
  const { id, name } = order;
  switch (order.type) {
    case 'rename':
      return { type: 'rename', id, name, to: order.to };
    case 'drop':
      return { type: 'drop', id, name, reason: 'removed' };
    default:
      return { type: order.type, id, name };
  }
}
