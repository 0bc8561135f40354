/** What describes a file to download programs: the suffix of its name, and its media type. */
export const documentTypes = { meta4: 'application/metalink4+xml', torrent: 'application/x-bittorrent' } as const;
export type DocumentKind = keyof typeof documentTypes;

const SUFFIX = /^(.+)\.(meta4|torrent)$/s;

export interface DocumentName {
  /** Name or id of the file that it describes. */
  readonly of: string;
  readonly kind: DocumentKind;
}

/** `faro.mp4.torrent` → `faro.mp4` and `torrent`; undefined for a name without such a suffix. */
export function parseDocumentName(text: string): DocumentName | undefined {
  const [, of, kind] = SUFFIX.exec(text) ?? [];
  return of === undefined ? undefined : { of, kind: kind as DocumentKind };
}
