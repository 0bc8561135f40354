import type { Loss } from './relay-messages.ts';
import type { BlockManifest, MemberId, Slice, StreamDescription } from './stream.ts';

/** What a viewer is told of the relay. */
export interface RelayViewerObserver {
  /** Blocks of this stream come from now on. */
  joined(stream: StreamDescription, canRelay: boolean): void;
  /** Whether somebody gives each slice; told when it changed. Not, when nobody has room. */
  fed(isFed: boolean): void;
  /** The root does not answer; those who are left go on among themselves until it does. */
  away(): void;
  /** The first slice of a block came. `onAirMs`: when the block went on the air, on the own clock. */
  expected(block: BlockManifest, onAirMs: number): void;
  /** A block is whole; in any order, each once. */
  block(block: BlockManifest, slices: readonly Slice[], onAirMs: number): void;
  lost(parent: MemberId, tree: number, why: Loss): void;
}
