import { SECOND_MS } from '../../base/units.ts';

/** Times of the relay, which every member keeps to. */
export const relayTimes = {
  /** How often a member looks whether something is late. */
  tickEveryMs: 200,
  aliveEveryMs: SECOND_MS,
  /** A parent that said nothing for so long is given up. */
  silentMs: 3 * SECOND_MS,
  /** A slice that comes so much later than it usually does is pulled. */
  lateMs: 1.5 * SECOND_MS,
  /** Before a pull, by chance: those who miss the same are not to ask at the same moment. */
  pullJitterMs: 0.3 * SECOND_MS,
  /** Another is asked when the answer to a pull takes longer. */
  pullTimeoutMs: SECOND_MS,
  /** What is older is not worth the trouble: whoever shows it has gone on. */
  givenUpMs: 15 * SECOND_MS,
  /** Slices are kept for others so long. */
  keptMs: 20 * SECOND_MS,
  reportEveryMs: 5 * SECOND_MS,
  /** A viewer that has not reported for so long is gone. */
  goneMs: 12 * SECOND_MS,
  /** A root of which a viewer got no new block and heard nothing for so long is away. */
  awayMs: 7 * SECOND_MS,
  /** While its blocks tell that it is there, the root answers reports so often: that connection may be the one that is dead. */
  answerEveryMs: 25 * SECOND_MS,
  /** A connection to the root over which nothing came for so long is given up. */
  unansweredMs: 60 * SECOND_MS,
  /** Who leaves waits so long for those who took from it to have another parent. */
  leavingMs: 3 * SECOND_MS,
  rebalanceEveryMs: 5 * SECOND_MS,
  /** Before a join is tried again: this much at first, then twice as much, up to the longest. */
  rejoinMs: 0.3 * SECOND_MS,
  rejoinLongestMs: 5 * SECOND_MS,
} as const;

export const relayBounds = {
  /** Slices that a member asks for at the same time. */
  pullsAtOnce: 8,
  /** Pulls that the root answers for each block, so that it sends 2.5 times the stream at the most. */
  rootPullsPerBlock: 2,
  /** A child for which more slices of each tree that it takes wait than this gets no other before it took some. */
  waitingSlices: 4,
  /** Slices that a child did not get because it takes too few, after which it has to look elsewhere. */
  skippedInRow: 2,
  /** Blocks that who subscribes gets at once; what is older has to be pulled. */
  blocksAtSubscribe: 3,
  /** When more than one child takes too few in this time, it is the own line that is slow. */
  ownLineMs: 10 * SECOND_MS,
  /** Then it tries one more, as often as this. */
  moreEveryMs: 30 * SECOND_MS,
  /** Who subscribes again sooner than this gets only what is new. */
  beginEveryMs: 5 * SECOND_MS,
} as const;
