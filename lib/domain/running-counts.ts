/** Failures of one source in one download. */
export interface SourceFailures {
  readonly failures: number;
  readonly hashFailures: number;
}

interface RunningCount {
  /** It began under another central, or another run of this one, which counted what came until then. */
  readonly isResumed: boolean;
  /** As the last report said; undefined before the first. */
  doneBytes: number | undefined;
  countedBytes: number;
  readonly failuresByNode: Map<number, SourceFailures>;
}

/**
 * What was counted of each download while it runs, so that its end adds only the rest. Who is not known was not begun
 * here: of it nothing is left to add.
 */
export class RunningCounts {
  readonly #tickets = new Map<string, RunningCount>();

  begin(ticketId: string, { isResumed }: { readonly isResumed: boolean }): void {
    this.#tickets.set(ticketId, { isResumed, doneBytes: undefined, countedBytes: 0, failuresByNode: new Map() });
  }

  /** Bytes that came since the last report. The first one may tell of bytes of an earlier run: it is what the others are measured from. */
  bytesSince(ticketId: string, doneBytes: number): number {
    const ticket = this.#tickets.get(ticketId);
    // Who waits in line says 0, whatever it has.
    if (!ticket || doneBytes === 0) return 0;
    const bytes = Math.max(0, doneBytes - (ticket.doneBytes ?? doneBytes));
    ticket.doneBytes = doneBytes;
    ticket.countedBytes += bytes;
    return bytes;
  }

  failed(ticketId: string, node: number, kind: keyof SourceFailures): void {
    const failuresByNode = this.#tickets.get(ticketId)?.failuresByNode;
    const counted = failuresByNode?.get(node) ?? { failures: 0, hashFailures: 0 };
    failuresByNode?.set(node, { ...counted, [kind]: counted[kind] + 1 });
  }

  /** Of all that came, what no report told of. */
  uncountedBytes(ticketId: string, receivedBytes: number): number {
    const ticket = this.#tickets.get(ticketId);
    return !ticket || ticket.isResumed ? 0 : Math.max(0, receivedBytes - ticket.countedBytes);
  }

  /** Of all failures of a node, those that no report told of. */
  uncountedFailures(ticketId: string, node: number, all: SourceFailures): SourceFailures {
    const ticket = this.#tickets.get(ticketId);
    if (!ticket || ticket.isResumed) return { failures: 0, hashFailures: 0 };
    const counted = ticket.failuresByNode.get(node) ?? { failures: 0, hashFailures: 0 };
    return {
      failures: Math.max(0, all.failures - counted.failures),
      hashFailures: Math.max(0, all.hashFailures - counted.hashFailures),
    };
  }

  end(ticketId: string): void {
    this.#tickets.delete(ticketId);
  }
}
