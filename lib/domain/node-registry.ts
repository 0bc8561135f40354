import { VideoError } from '../base/errors.ts';
import type { NodeRecord } from './catalog.ts';
import { defaultFailureDetector, nodeStateAt, type FailureDetectorSettings, type NodeState } from './failure-detector.ts';
import type { FileId, NodeNumber } from './file.ts';
import type { NodeMode } from './node-mode.ts';
import type { HeardNode } from './node-reports.ts';

/** What a heartbeat says of its node, apart from the inventory. */
export interface NodeReport {
  readonly number: NodeNumber;
  readonly identity: string;
  readonly url: string;
  /** Asks for a token with each request for a file. */
  readonly isGuarded?: boolean | undefined;
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly files: number;
  readonly activeRequests: number;
  readonly copying: readonly { readonly id: FileId; readonly name: string; readonly doneBytes?: number }[];
  readonly receiving: readonly { readonly uploadId: string; readonly doneBytes: number; readonly sizeBytes?: number | undefined }[];
  /** What is lost together with this node, as a person named it. */
  readonly zone?: string | undefined;
}

/** What came of asking a node where it says it is. */
export type Reach = 'reached' | 'unreachable' | 'distrusted' | 'somebody_else';

export interface NodeStatus extends NodeReport {
  readonly state: NodeState;
  readonly mode: NodeMode;
  /** Nothing needs this draining node any more. */
  readonly isDrained: boolean;
  /** Undefined when this central has not heard it. */
  readonly silentMs: number | undefined;
  /** For how long it has been up without a break, as ticks saw it; undefined when it is not. */
  readonly upForMs: number | undefined;
}

export interface NodeTransition {
  readonly number: NodeNumber;
  readonly from: NodeState;
  readonly to: NodeState;
  readonly silentMs: number;
}

interface Entry {
  report: NodeReport;
  mode: NodeMode;
  isDrained: boolean;
  heartbeatAtMs: number | undefined;
  /** Undefined until somebody tried. */
  isReachable: boolean | undefined;
  /** Heard here, and not told to other centrals yet. */
  isNews: boolean;
  /** As the last `tick` saw it. */
  state: NodeState;
  upSinceMs: number | undefined;
}

const newcomer = { mode: 'active', isDrained: false, heartbeatAtMs: undefined, isReachable: undefined, isNews: false, state: 'joining', upSinceMs: undefined } as const;

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
  remember({ number, identity, url, mode }: NodeRecord): void {
    const report = { number, identity, url, freeBytes: 0, totalBytes: 0, files: 0, activeRequests: 0, copying: [], receiving: [] };
    this.#nodes.set(number, { ...newcomer, report, mode });
  }

  /**
   * Takes a sign of life. True when the node has to be reached before it is offered: it is new, or somewhere else.
   *
   * @throws VideoError `node_conflict` when another identity has the number and is not down; `node_retired` when this
   * one was retired
   */
  heartbeat(report: NodeReport, nowMs: number): boolean {
    const { number, identity, url } = report;
    const retired = [...this.#nodes.values()].find(({ mode, report: known }) => mode === 'gone' && known.identity === identity);
    if (retired) throw new VideoError('node_retired', { number: retired.report.number });
    const known = this.#nodes.get(number);
    const isItself = known?.report.identity === identity;
    if (known && !isItself && known.mode !== 'gone' && this.#stateOf(known, nowMs) !== 'down') throw new VideoError('node_conflict', { number });
    const isReachable = isItself && known.report.url === url ? known.isReachable : undefined;
    // What was decided about a node is not its successor's.
    const entry = isItself ? known : { ...newcomer, state: known?.state ?? 'joining' };
    this.#nodes.set(number, { ...entry, report, heartbeatAtMs: nowMs, isReachable, isNews: true });
    return isReachable !== true;
  }

  /** What a person decided about a node; nothing for one that is not known. */
  setMode(number: NodeNumber, mode: NodeMode): void {
    const entry = this.#nodes.get(number);
    if (entry) Object.assign(entry, { mode, isDrained: false });
  }

  /** Whether any file still needs a draining node. True when that is news. */
  noteDrained(number: NodeNumber, isDrained: boolean): boolean {
    const entry = this.#nodes.get(number);
    if (entry?.mode !== 'draining' || entry.isDrained === isDrained) return false;
    entry.isDrained = isDrained;
    return true;
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
    const isItself = known?.report.identity === report.identity;
    // Who told may only be about to reach it.
    const wasReached = isItself && known.report.url === report.url && known.isReachable === true;
    const entry = isItself ? known : { ...newcomer, state: known?.state ?? 'joining' };
    this.#nodes.set(report.number, { ...entry, report, heartbeatAtMs, isReachable: wasReached || isReachable, isNews: false });
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

  /** In order of number, without those that are gone. */
  all(nowMs: number): readonly NodeStatus[] {
    return [...this.#nodes.values()]
      .filter(({ mode }) => mode !== 'gone')
      .map(entry => this.#statusOf(entry, nowMs))
      .sort((a, b) => a.number - b.number);
  }

  /**
   * Whether it is known who is copying what. After its own start a central has to hear those that it knows; and what a node
   * said counts once the node was asked where it says it is.
   */
  knowsCopies(nowMs: number): boolean {
    const isUnknown = (entry: Entry) => entry.heartbeatAtMs === undefined || (entry.isReachable === undefined && entry.report.copying.length > 0);
    const joining = [...this.#nodes.values()].filter(entry => entry.mode !== 'gone' && this.#stateOf(entry, nowMs) === 'joining');
    return !joining.some(isUnknown);
  }

  /** Whether the node can be offered as a source. */
  isAvailable(number: NodeNumber, nowMs: number): boolean {
    const node = this.get(number, nowMs);
    return node !== undefined && node.mode !== 'gone' && (node.state === 'up' || node.state === 'suspect');
  }

  /** Nodes whose replicas still count: all but those that drain or have been down for `graceMs`. */
  counted(nowMs: number, graceMs: number): readonly NodeNumber[] {
    const entries = [...this.#nodes.values()].filter(entry => entry.mode === 'active' && this.#graceLeftMs(entry, nowMs, graceMs) > 0);
    return entries.map(({ report }) => report.number);
  }

  /** How long the replicas of a node will still count if it stays silent. */
  graceLeftMs(number: NodeNumber, nowMs: number, graceMs: number): number {
    const entry = this.#nodes.get(number);
    return entry ? Math.max(0, this.#graceLeftMs(entry, nowMs, graceMs)) : 0;
  }

  /** What changed since the last tick. */
  tick(nowMs: number): readonly NodeTransition[] {
    const transitions: NodeTransition[] = [];
    for (const entry of this.#nodes.values()) {
      if (entry.mode === 'gone') continue;
      const to = this.#stateOf(entry, nowMs);
      entry.upSinceMs = to === 'up' ? (entry.upSinceMs ?? nowMs) : undefined;
      if (to === entry.state) continue;
      const silentMs = nowMs - (entry.heartbeatAtMs ?? this.#startedAtMs);
      transitions.push({ number: entry.report.number, from: entry.state, to, silentMs });
      entry.state = to;
    }
    return transitions;
  }

  #statusOf(entry: Entry, nowMs: number): NodeStatus {
    const silentMs = entry.heartbeatAtMs === undefined ? undefined : nowMs - entry.heartbeatAtMs;
    const { report, mode, isDrained, upSinceMs } = entry;
    const state = this.#stateOf(entry, nowMs);
    return { ...report, state, mode, isDrained, silentMs, upForMs: state === 'up' && upSinceMs !== undefined ? nowMs - upSinceMs : undefined };
  }

  #graceLeftMs({ heartbeatAtMs }: Entry, nowMs: number, graceMs: number): number {
    return this.#settings.downAfterMs + graceMs - (nowMs - (heartbeatAtMs ?? this.#startedAtMs));
  }

  #stateOf(entry: Entry, nowMs: number): NodeState {
    return nodeStateAt(entry, nowMs, this.#startedAtMs, this.#settings);
  }
}
