import { VideoError } from '../base/errors.ts';
import type { NodeRecord } from './catalog.ts';
import { defaultFailureDetector, nodeStateAt, type FailureDetectorSettings, type NodeState } from './failure-detector.ts';
import type { FileId, NodeNumber } from './file.ts';
import type { HeardNode } from './node-reports.ts';

/** What a heartbeat says of its node, apart from the inventory. */
export interface NodeReport {
  readonly number: NodeNumber;
  readonly identity: string;
  readonly url: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly files: number;
  readonly activeRequests: number;
  readonly copying: readonly { readonly id: FileId; readonly name: string }[];
}

export interface NodeStatus extends NodeReport {
  readonly state: NodeState;
  /** Undefined when this central has not heard it. */
  readonly silentMs: number | undefined;
}

export interface NodeTransition {
  readonly number: NodeNumber;
  readonly from: NodeState;
  readonly to: NodeState;
  readonly silentMs: number;
}

interface Entry {
  report: NodeReport;
  heartbeatAtMs: number | undefined;
  /** Undefined until somebody tried. */
  isReachable: boolean | undefined;
  /** Heard here, and not told to other centrals yet. */
  isNews: boolean;
  /** As the last `tick` saw it. */
  state: NodeState;
}

/**
 * The nodes that a central knows and how they are. Lives in memory: after a restart the catalogue tells who there was and
 * the heartbeats tell the rest. Times are of one monotonic clock.
 */
export class NodeRegistry {
  readonly #startedAtMs: number;
  readonly #settings: FailureDetectorSettings;
  readonly #nodes = new Map<NodeNumber, Entry>();

  constructor(startedAtMs: number, settings: FailureDetectorSettings = defaultFailureDetector) {
    this.#startedAtMs = startedAtMs;
    this.#settings = settings;
  }

  /** A node of the catalogue, not heard yet. */
  remember({ number, identity, url }: NodeRecord): void {
    const report = { number, identity, url, freeBytes: 0, totalBytes: 0, files: 0, activeRequests: 0, copying: [] };
    this.#nodes.set(number, { report, heartbeatAtMs: undefined, isReachable: undefined, isNews: false, state: 'joining' });
  }

  /**
   * Takes a sign of life. True when the node has to be reached before it is offered: it is new, or somewhere else.
   *
   * @throws VideoError `node_conflict` when another identity has the number and is not down
   */
  heartbeat(report: NodeReport, nowMs: number): boolean {
    const known = this.#nodes.get(report.number);
    if (known && known.report.identity !== report.identity && this.#stateOf(known, nowMs) !== 'down') {
      throw new VideoError('node_conflict', { number: report.number });
    }
    const isSame = known?.report.identity === report.identity && known.report.url === report.url;
    const isReachable = isSame ? known.isReachable : undefined;
    const entry: Entry = { report, heartbeatAtMs: nowMs, isReachable, isNews: true, state: known?.state ?? 'joining' };
    this.#nodes.set(report.number, entry);
    return isReachable !== true;
  }

  /** The outcome of reaching a node; ignored when it has moved meanwhile. True when that is news. */
  reached({ number, url, identity }: Pick<NodeReport, 'number' | 'url' | 'identity'>, isReachable: boolean): boolean {
    const entry = this.#nodes.get(number);
    if (entry?.report.url !== url || entry.report.identity !== identity || entry.isReachable === isReachable) return false;
    entry.isReachable = isReachable;
    entry.isNews = true;
    return true;
  }

  /**
   * Takes what another central heard, when that is later than what this one knows; of before its own start it believes
   * nobody, a predecessor least of all. Another identity has to wait, as it would have to here, until the one that is known is down.
   */
  hear({ report, isReachable, ageMs }: HeardNode, nowMs: number): void {
    const known = this.#nodes.get(report.number);
    const heartbeatAtMs = nowMs - ageMs;
    if (heartbeatAtMs <= (known?.heartbeatAtMs ?? this.#startedAtMs)) return;
    const isOther = known !== undefined && known.heartbeatAtMs !== undefined && known.report.identity !== report.identity;
    if (isOther && this.#stateOf(known, nowMs) !== 'down') return;
    const isSame = known?.report.identity === report.identity && known.report.url === report.url;
    // Who told may only be about to reach it.
    const wasReached = isSame && known.isReachable === true;
    this.#nodes.set(report.number, { report, heartbeatAtMs, isReachable: wasReached || isReachable, isNews: false, state: known?.state ?? 'joining' });
  }

  /** What this central heard itself, and found out whether it can be reached, since it was last asked. */
  takeNews(nowMs: number): readonly HeardNode[] {
    const news = [...this.#nodes.values()].filter(entry => entry.isNews && entry.isReachable !== undefined);
    for (const entry of news) entry.isNews = false;
    return news.map(({ report, heartbeatAtMs, isReachable }) => ({ report, isReachable: isReachable!, ageMs: nowMs - heartbeatAtMs! }));
  }

  get(number: NodeNumber, nowMs: number): NodeStatus | undefined {
    const entry = this.#nodes.get(number);
    return entry && this.#statusOf(entry, nowMs);
  }

  /** In order of number. */
  all(nowMs: number): readonly NodeStatus[] {
    return [...this.#nodes.values()]
      .map(entry => this.#statusOf(entry, nowMs))
      .sort((a, b) => a.number - b.number);
  }

  /** Whether the node can be offered as a source. */
  isAvailable(number: NodeNumber, nowMs: number): boolean {
    const state = this.get(number, nowMs)?.state;
    return state === 'up' || state === 'suspect';
  }

  /** Nodes whose replicas still count: all but those that have been down for `graceMs`. */
  counted(nowMs: number, graceMs: number): readonly NodeNumber[] {
    const longestMs = this.#settings.downAfterMs + graceMs;
    return [...this.#nodes.values()]
      .filter(({ heartbeatAtMs }) => nowMs - (heartbeatAtMs ?? this.#startedAtMs) < longestMs)
      .map(({ report }) => report.number);
  }

  /** What changed since the last tick. */
  tick(nowMs: number): readonly NodeTransition[] {
    const transitions: NodeTransition[] = [];
    for (const entry of this.#nodes.values()) {
      const to = this.#stateOf(entry, nowMs);
      if (to === entry.state) continue;
      const silentMs = nowMs - (entry.heartbeatAtMs ?? this.#startedAtMs);
      transitions.push({ number: entry.report.number, from: entry.state, to, silentMs });
      entry.state = to;
    }
    return transitions;
  }

  #statusOf(entry: Entry, nowMs: number): NodeStatus {
    const silentMs = entry.heartbeatAtMs === undefined ? undefined : nowMs - entry.heartbeatAtMs;
    return { ...entry.report, state: this.#stateOf(entry, nowMs), silentMs };
  }

  #stateOf(entry: Entry, nowMs: number): NodeState {
    return nodeStateAt(entry, nowMs, this.#startedAtMs, this.#settings);
  }
}
