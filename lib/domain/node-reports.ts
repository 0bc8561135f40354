import type { NodeReport } from './node-registry.ts';

/** A heartbeat as the central that took it tells the others. */
export interface HeardNode {
  readonly report: NodeReport;
  /** Whether it was reached where it says it is. */
  readonly isReachable: boolean;
  /** How long ago. */
  readonly ageMs: number;
}

/**
 * The last heartbeat of each node, for centrals that share a catalogue: any of them can then offer any node.
 *
 * @throws VideoError `catalog_unavailable` from any method when the store fails
 */
export interface NodeReports {
  /** In one write. A report that is older than what another central saved changes nothing. */
  save(central: string, heard: readonly HeardNode[]): Promise<void>;

  /** What other centrals heard in the last `withinMs`, in order of number. */
  heardByOthers(central: string, withinMs: number): Promise<readonly HeardNode[]>;
}

/** Of what was saved, perhaps by another version of this program; undefined when it is no report. */
export function parseNodeReport(text: string): NodeReport | undefined {
  const value = parsed(text) as Partial<NodeReport> | undefined;
  const { number, identity, url, freeBytes, totalBytes, files, activeRequests, copying } = value ?? {};
  const areNumbers = [number, freeBytes, totalBytes, files, activeRequests].every(Number.isFinite);
  const isReport = areNumbers && typeof identity === 'string' && typeof url === 'string' && Array.isArray(copying);
  return isReport ? (value as NodeReport) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
