/** Time limits of the failure detector; a named setting of the central each. */
export interface FailureDetectorSettings {
  readonly suspectAfterMs: number;
  readonly downAfterMs: number;
  /** For this long after its own start a central declares nobody down. */
  readonly startGraceMs: number;
}

export const defaultFailureDetector: FailureDetectorSettings = {
  suspectAfterMs: 6000,
  downAfterMs: 15_000,
  startGraceMs: 15_000,
};

/** joining: heard of, not yet reached at its address. Only `up` and `suspect` nodes are offered as sources. */
export const NODE_STATES = ['joining', 'up', 'suspect', 'down'] as const;
export type NodeState = (typeof NODE_STATES)[number];

export interface NodeSigns {
  /** Last heartbeat, or undefined when this central never heard one (it knows the node from its catalogue). */
  readonly heartbeatAtMs: number | undefined;
  /** Undefined until somebody tried. */
  readonly isReachable: boolean | undefined;
}

/** Times are of one monotonic clock. */
export function nodeStateAt(
  signs: NodeSigns,
  nowMs: number,
  centralStartedAtMs: number,
  settings: FailureDetectorSettings = defaultFailureDetector,
): NodeState {
  const silentMs = nowMs - (signs.heartbeatAtMs ?? centralStartedAtMs);
  const inGrace = nowMs - centralStartedAtMs < settings.startGraceMs;
  if (silentMs >= settings.downAfterMs && !inGrace) return 'down';
  if (signs.heartbeatAtMs === undefined || !signs.isReachable) return 'joining';
  return silentMs >= settings.suspectAfterMs ? 'suspect' : 'up';
}
