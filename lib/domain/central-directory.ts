/**
 * Where the centrals are: addresses that were given, what DNS says, or who answers on the local network. Whoever asks a
 * central keeps to the one that answered, and asks here again when none does.
 */
export interface CentralDirectory {
  /** As people know it: `http://10.0.0.1:50000`, `srv:_videopartes._tcp.example.org`, `mdns:`. */
  readonly name: string;
  /** How long an answer of `locate` should be used; undefined where the next one would be the same. */
  readonly freshMs: number | undefined;
  /**
   * Base URLs of the centrals, without a path, in the order in which to ask them; at least one, none twice. Looks anew
   * each time, and may be called again after it failed.
   *
   * @throws VideoError `central_not_in_dns`, `central_not_announced`; or the signal's reason
   */
  locate(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly string[]>;
}
