import type { Contact } from '../../../domain/live/stream.ts';

/** A channel that is being received, and given on, in whichever way. */
export interface Watching extends AsyncDisposable {
  /** Who gives, by slice; undefined where nobody does. */
  readonly parents: readonly (Contact | undefined)[];
  /** Who takes from here. */
  readonly children: readonly Contact[];
  /** Of slices that were given to others. */
  readonly sentBytes: number;
  /** Goes without anybody missing anything, or at the signal. */
  leave(signal: AbortSignal): Promise<void>;
}
