import type { VideoError } from '../base/errors.ts';
import type { Manifest } from './manifest.ts';

/** A file of the catalogue under one of its names, and where its bytes are now. */
export interface FileOffer {
  readonly manifest: Manifest;
  /** URLs of the bytes, at least one, the least busy first. */
  readonly mirrors: readonly string[];
}

/** Files by name, for programs that know nothing of tickets. */
export interface FileOffers {
  /**
   * Undefined for a name that the catalogue lacks.
   *
   * @throws VideoError `no_sources` when nobody who holds it can be asked, `catalog_unavailable`
   */
  find(name: string): Promise<FileOffer | undefined>;

  /** The error for a name that is lacking, with the names most like it. */
  missing(name: string): Promise<VideoError<'file_not_found'>>;
}
