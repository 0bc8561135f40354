import type { NodeNumber } from '../file.ts';

const NODE_SOURCE = /^secundario-(\d+)$/;
const PEER_SOURCE = /^(?:[\d.]+|\[[\da-f:.]+\]):\d+$/;

/** What a secondary is called among the sources of a download: in statistics, events and on the screen. */
export function nodeSourceId(node: NodeNumber): string {
  return `secundario-${node}`;
}

/** Undefined when the source is no secondary. */
export function nodeOfSource(sourceId: string): NodeNumber | undefined {
  const number = NODE_SOURCE.exec(sourceId)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** A peer is called by its `IP:PORT`. */
export function isPeerSource(sourceId: string): boolean {
  return PEER_SOURCE.test(sourceId);
}
