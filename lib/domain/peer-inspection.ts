import { MINUTE_MS } from '../base/units.ts';
import type { FileId } from './file.ts';
import type { Manifest } from './manifest.ts';

/** What can be wrong with a peer: wrong bytes, wrong answers, silence, nobody there, not what it announces, gives nothing now. */
export const PEER_PROBLEMS = ['corrupt', 'protocol', 'stalled', 'unreachable', 'lacks', 'refused'] as const;
export type PeerProblem = (typeof PEER_PROBLEMS)[number];

/** What came of looking into a peer; `unclear` says nothing against it. */
export type Finding = PeerProblem | 'somebody_else' | 'right' | 'unclear';

export interface InspectedPeer {
  /** `IP:PORT` */
  readonly address: string;
  readonly identity: string;
  readonly name: string;
  /** As announced; undefined while the peer reads the file. */
  readonly id: FileId | undefined;
  readonly sizeBytes: number | undefined;
  /** Which part somebody complained of; without it, any. */
  readonly part: number | undefined;
  /** To show it; it then tells nothing by name. */
  readonly token?: string | undefined;
  /** What the file is, where that is known without the peer. */
  readonly known: Manifest | undefined;
}

/** Asks a peer as somebody does who downloads; at most one part is read. Rejects with the signal's reason only. */
export type InspectPeer = (peer: InspectedPeer, options: { readonly signal: AbortSignal }) => Promise<Finding>;

const DISTRUST_MS = 60 * MINUTE_MS;
const REFUSAL_MS = MINUTE_MS;

/** For how long the address of a peer is not offered because of a finding. */
export function distrustMsFor(finding: Finding): number {
  switch (finding) {
    case 'corrupt':
    case 'protocol':
    case 'stalled':
    case 'lacks':
      return DISTRUST_MS;
    case 'refused':
      return REFUSAL_MS;
    case 'unreachable':
    case 'somebody_else':
    case 'right':
    case 'unclear':
      return 0;
    default:
      return finding satisfies never;
  }
}

/** Whether an honest peer may look like that for a moment: its file just went, or its line broke. */
export function isWorthASecondLook(finding: Finding): boolean {
  return finding === 'lacks' || finding === 'stalled';
}
