/** What a file is to a player. */
export interface MediaDetails {
  /** As `video/mp4`; by its content where that tells, by its name otherwise. */
  readonly contentType: string;
  readonly durationMs?: number | undefined;
  /** Of the picture as it is shown, in pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** What the catalogue knows of a content besides its bytes. Same bytes, same details, whatever the names. */
export interface VideoDetails extends Omit<MediaDetails, 'contentType'> {
  readonly contentType?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

export interface MediaProbe {
  /** Reads as little of the file as tells; what cannot be told is left out. Rejects with the signal's reason only. */
  probe(name: string, options: { readonly signal: AbortSignal }): Promise<MediaDetails>;
}
