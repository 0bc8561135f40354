import type { Checksum } from '../checksum.ts';

/** What tells one version of a file from another at one place (RFC 9110 §8.8), as the server writes it. */
export interface Validator {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** What a mirror tells of a file before anything is downloaded from it. */
export interface MirrorFacts {
  /** Where the redirects end; without user and password. */
  readonly finalUrl: string;
  /** Undefined when it does not tell. */
  readonly sizeBytes: number | undefined;
  readonly acceptsRanges: boolean;
  readonly validator: Validator;
  /** The name that it gives the file, when it gives one. */
  readonly name: string | undefined;
  /** Of the whole file. */
  readonly checksums: readonly Checksum[];
  /** Other mirrors that it names, the best first. */
  readonly duplicates: readonly string[];
  /** Where a metalink describes the file. */
  readonly metalinkUrl: string | undefined;
  /** The address is that of a metalink itself. */
  readonly isMetalink: boolean;
}

/** A mirror among the sources of one download. */
export interface Mirror {
  /** `host:port`, made unique where several are on one host. */
  readonly id: string;
  /** With user and password, if it needs them: never to be shown or saved. */
  readonly url: string;
}

/** One text for each version, for whoever compares what two runs saw. */
export function versionText(url: string, { etag, lastModified }: Validator): string {
  return `${url} ${etag ?? ''} ${lastModified ?? ''}`;
}

export function hasValidator({ etag, lastModified }: Validator): boolean {
  return etag !== undefined || lastModified !== undefined;
}

/**
 * How what a server says now contradicts what it said at first; undefined when it does not. An entity tag decides
 * alone, and a date may be left out of a partial answer.
 */
export function changeBetween(first: Validator, now: Validator): string | undefined {
  if (first.etag !== undefined) {
    return now.etag === first.etag ? undefined : `ETag ${first.etag} is now ${now.etag ?? 'missing'}`;
  }
  if (first.lastModified === undefined || now.lastModified === undefined || now.lastModified === first.lastModified) return undefined;
  return `Last-Modified ${first.lastModified} is now ${now.lastModified}`;
}

/** Value of `If-Range` (RFC 9110 §13.1.5), which takes no weak tag. */
export function ifRangeOf({ etag, lastModified }: Validator): string | undefined {
  return etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
}
