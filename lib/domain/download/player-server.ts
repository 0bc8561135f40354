import type { Manifest } from '../manifest.ts';
import type { UrgentPart } from './playback.ts';

/** Gives a file to players of this machine while it is downloaded. */
export interface PlayerServer extends AsyncDisposable {
  /** What a player opens: `http://127.0.0.1:40000/files/ID/NAME`. */
  readonly url: string;
  /** What players wait for, the most urgent first. */
  readonly urgentParts: (nowMs: number) => readonly UrgentPart[];
  readonly partKept: (part: number) => void;
  /** No part comes any more; those that are there are served on. */
  readonly ended: () => void;
}

/**
 * Opens one for the unfinished file that will be at `finalPath`, some parts of which are there.
 *
 * @throws VideoError when it cannot be read, or nothing can listen
 */
export type OpenPlayerServer = (manifest: Manifest, finalPath: string, present: ReadonlySet<number>) => Promise<PlayerServer>;
