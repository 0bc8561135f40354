import type { Video } from '../../domain/catalog.ts';
import type { SourceProblem } from '../../protocol/control.ts';
import type { CentralState } from './state.ts';

/** A client got parts of the video that are not right: whoever sent them is to read its replica. */
export function takeComplaints({ verifications, clock, log }: CentralState, problems: readonly SourceProblem[], { id, name, nodes }: Video): void {
  for (const { kind, node } of problems) {
    if (kind !== 'corrupt' || !nodes.includes(node)) continue;
    if (verifications.complain({ node, id, name }, clock.now())) log.info('verify.ordered', { number: node, name });
  }
}
