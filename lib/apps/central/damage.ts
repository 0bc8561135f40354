import { isMendable } from '../../domain/damage.ts';
import { isFileName, type NodeNumber } from '../../domain/file.ts';
import type { DamagedReplica, Heartbeat, Order } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { takeComplaints } from './complaints.ts';
import { sourcesOf } from './tickets.ts';
import type { CentralState } from './state.ts';

/** Takes what a heartbeat tells of damaged and verified replicas, its own and those of others; its inventory was taken before. */
export async function takeDamage(state: CentralState, { number, damaged = [], verified = [], complaints = [] }: Heartbeat): Promise<void> {
  const { damage, verifications, catalog, clock, log } = state;
  const { found, gone } = damage.report(number, damaged, clock.now());
  for (const { name, badParts } of found) log.warn('replica.damaged', { name, parts: badParts.length, number });
  for (const { id, name, badParts } of gone) {
    const video = await catalog.findById(id);
    if (video?.nodes.includes(number)) log.info('replica.mended', { name, parts: badParts.length, number });
  }
  for (const { id } of [...damaged, ...verified]) verifications.settle(number, id, clock.now());
  for (const { id, node } of complaints) {
    const video = await catalog.findById(id);
    if (video) takeComplaints(state, [{ node, kind: 'corrupt' }], video);
  }
}

/** Copies that a node reports, and those that it will begin: damaged a moment ago, it mends what it has. */
export function copyingOf({ damage, clock }: CentralState, { number, copying, damaged = [] }: Heartbeat): readonly { readonly id: string; readonly name: string; readonly doneBytes?: number }[] {
  const isRunning = ({ id }: DamagedReplica) => copying.some(copy => copy.id === id);
  const mending = damaged.filter(replica => !isRunning(replica) && damage.isBeingMended(number, replica, clock.now()));
  return [...copying, ...mending];
}

/** What the node is to mend and to verify; `given` are its other orders. */
export async function damageOrders(state: CentralState, number: NodeNumber, given: readonly Order[]): Promise<Order[]> {
  return [...(await mendOrders(state, number, given)), ...(await verifyOrders(state, number))];
}

/** To copy what is damaged is to mend it, and takes every bad part from whoever has it right. */
async function mendOrders(state: CentralState, number: NodeNumber, given: readonly Order[]): Promise<Order[]> {
  const orders: Order[] = [];
  for (const { id, name, badParts } of state.damage.of(number).slice(0, limits.mendsOrdered)) {
    const video = await state.catalog.findById(id);
    if (!video || !isFileName(name) || given.some(order => order.type === 'copy' && order.id === id)) continue;
    const sources = sourcesOf(state, video).filter(({ node }) => node !== number);
    if (!isMendable(badParts, sources)) continue;
    orders.push({ type: 'copy', id, name, sizeBytes: video.sizeBytes, sources });
  }
  return orders;
}

async function verifyOrders({ verifications, catalog, clock }: CentralState, number: NodeNumber): Promise<Order[]> {
  const orders: Order[] = [];
  for (const { id, name } of verifications.of(number, clock.now()).slice(0, limits.verificationsOrdered)) {
    const video = await catalog.findById(id);
    if (video?.nodes.includes(number)) orders.push({ type: 'verify', id, name });
    else verifications.settle(number, id, clock.now());
  }
  return orders;
}
