import type { VideoError } from '../../base/errors.ts';
import type { FilePlan } from './file-plan.ts';

/** `active` is being asked, `idle` could be; `cooling` failed, and has given no right part since; `left` is no longer offered. */
export type SourceState = 'active' | 'idle' | 'cooling' | 'left';

/** A moment of one source in a download. */
export interface SourceProgress {
  readonly id: string;
  readonly state: SourceState;
  /** Bytes that entered the file or wait for verification. */
  readonly bytes: number;
  /** Bytes a second in the last seconds, pauses included; 0 before the first. */
  readonly rate: number;
}

/** A moment of a download. */
export interface DownloadProgress {
  readonly sizeBytes: number;
  /** Verified and kept, those of earlier runs included. */
  readonly doneBytes: number;
  /** Bytes a second that arrived in the last seconds, pauses included. */
  readonly rate: number;
  /** Infinity when nothing moves. */
  readonly etaMs: number;
  readonly sources: readonly SourceProgress[];
}

/** Watches a download; every method may be left out. Called from the engine, so it must be quick and must not throw. */
export interface DownloadObserver {
  readonly onStart?: (resumedBytes: number, plan: FilePlan) => void;
  /** About ten times a second while something moves. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly onSourceJoined?: (sourceId: string) => void;
  readonly onSourceLeft?: (sourceId: string) => void;
  /** It failed while it was asked for `parts` parts, which now go to others. */
  readonly onSourceFailed?: (sourceId: string, error: VideoError, parts: number) => void;
  /** A source that failed, or sent a wrong part, is asked again; told before each attempt. */
  readonly onSourceRetried?: (sourceId: string) => void;
  /** It failed before, and gave a right part now. */
  readonly onSourceReturned?: (sourceId: string) => void;
  /** It is right, and in the file. */
  readonly onPartKept?: (part: number) => void;
  readonly onPartCorrupt?: (sourceId: string, part: number) => void;
  /** No source is usable now; the download waits for one. */
  readonly onSourcesAwaited?: () => void;
}
