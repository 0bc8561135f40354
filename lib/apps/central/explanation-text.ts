import { formatBytes, formatDuration } from '../../base/units.ts';
import type { ExplainedCopy, ExplainedHolder, ExplainedOther, Explanation } from '../../domain/explanation.ts';
import type { Reader } from './commands.ts';

/** An explanation as people read it: the verdict, then a line for each node. */
export function explanationText(explanation: Explanation, reader: Reader): readonly string[] {
  const { holders, copies, others, sizeBytes } = explanation;
  return [
    verdictText(explanation, reader),
    ...holders.map(holder => holderText(holder, reader)),
    ...copies.map(copy => copyText(copy, sizeBytes, reader)),
    ...others.map(other => otherText(other, reader)),
  ];
}

function verdictText({ verdict, replicas, wanted, wholeInMs }: Explanation, { messages }: Reader): string {
  return messages.replication.verdicts[verdict](replicas, wanted, wholeInMs === undefined ? undefined : formatDuration(wholeInMs));
}

function holderText({ node, state, mode, zone, counts, graceLeftMs, isDropping }: ExplainedHolder, { messages }: Reader): string {
  const { replication, client } = messages;
  const facts = [
    client.nodeStates[state],
    mode === 'draining' ? replication.modes.draining : '',
    counts ? '' : replication.doesNotCount,
    graceLeftMs === undefined ? '' : replication.grace(formatDuration(graceLeftMs)),
    isDropping ? replication.isDropping : '',
  ];
  return replication.holder(node, facts.filter(fact => fact !== '').join(', '), zone);
}

function copyText({ node, doneBytes, leftMs }: ExplainedCopy, sizeBytes: number, { messages }: Reader): string {
  return messages.replication.copy(node, doneBytes === undefined ? undefined : percentOf(doneBytes, sizeBytes), leftMs === undefined ? undefined : formatDuration(leftMs));
}

function otherText({ node, obstacle, freeBytes }: ExplainedOther, { language, messages }: Reader): string {
  const { obstacles, other } = messages.replication;
  return other(node, obstacle === 'no_room' ? obstacles.no_room(formatBytes(freeBytes, language)) : obstacles[obstacle ?? 'none']);
}

export function percentOf(doneBytes: number, sizeBytes: number): string {
  return `${sizeBytes === 0 ? 100 : Math.floor((doneBytes / sizeBytes) * 100)} %`;
}
