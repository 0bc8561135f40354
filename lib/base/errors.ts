/**
 * What can go wrong, by code, and the facts that each code carries.
 *
 * The code is at once the key of the sentence that people read (`messages`), the `code` on the wire, the row in
 * `docs/protocol.md` and, through `exitStatusOf`, the exit status. Codes are never renamed.
 */
export interface ErrorFacts {
  usage: { readonly reason: string };
  invalid_flag: { readonly flag: string; readonly value: string; readonly expected: string };
  invalid_name: { readonly name: string; readonly reason: 'empty' | 'too_long' | 'reserved' | 'separator' | 'control' | 'hidden' };
  invalid_request: { readonly reason: string };
  invalid_manifest: { readonly reason: string };
  central_unreachable: { readonly address: string };
  /** It was asked for a change, and fell silent: the change was made, or it was not. */
  outcome_unknown: { readonly address: string };
  /** `label` when only that one was looked for. */
  central_not_announced: { readonly label: string; readonly afterMs: number };
  /** `reason` as the resolver says it: `ENOTFOUND`. */
  central_not_in_dns: { readonly service: string; readonly reason: string };
  central_failed: { readonly address: string; readonly status: number };
  not_found: { readonly what: 'route' | 'manifest' | 'node' | 'torrent' | 'topic' | 'channel' };
  method_not_allowed: { readonly allowed: readonly string[] };
  file_not_found: { readonly name: string; readonly near: readonly string[] };
  /** The name that was removed, or the number of the removal. */
  not_in_trash: { readonly name: string };
  /** The name stands for something else. */
  name_taken: { readonly name: string };
  ticket_not_found: { readonly ticketId: string };
  line_full: { readonly waiting: number };
  /** Of those who follow the events of a central. */
  listeners_full: { readonly listening: number };
  /** No secondary is up that a file could be sent to. */
  no_nodes: Record<never, never>;
  /** Some are up, and none has room. */
  no_room: { readonly name: string; readonly sizeBytes: number };
  /** What arrived is not what the sender said that it would send. */
  upload_corrupt: { readonly name: string };
  upload_not_found: { readonly uploadId: string };
  uploads_full: { readonly running: number };
  /** It is stored, but in fewer places than it takes to promise that it will be kept. */
  not_acknowledged: { readonly name: string; readonly replicas: number; readonly needed: number };
  /** Of several uploads; each was told by itself. */
  uploads_failed: { readonly failed: readonly string[]; readonly total: number };
  /** Of registered numbers: no more topics are kept, or no more keys in one. */
  topics_full: { readonly what: 'topics' | 'keys'; readonly max: number };
  /** Its lease ran out, or the central was started again. */
  peer_unknown: { readonly peer: string };
  /** What a person has to do before: join, search, or leave. */
  not_joined: Record<never, never>;
  not_searched: Record<never, never>;
  already_joined: { readonly address: string };
  /** `peer` is `IP:PORT`. */
  peer_refused: { readonly peer: string };
  peer_lacks_file: { readonly peer: string; readonly name: string };
  /** Peers that were found have so many different files under one name. */
  contents_differ: { readonly name: string; readonly contents: number };
  /** None of these gives the file now; none when nobody else has it. */
  peers_failed: { readonly name: string; readonly peers: readonly string[] };
  /** Of peers, of the names that all of them announce, or of those that wait to be reached. */
  peers_full: { readonly what: 'peers' | 'names' | 'checks'; readonly max: number };
  /** Of live channels: announced ones, or those that the central watches for browsers. */
  channels_full: { readonly what: 'announced' | 'watched'; readonly max: number };
  /** Neither who broadcasts nor any viewer has room for one more. */
  channel_full: { readonly name: string };
  no_sources: { readonly name: string; readonly nodes: readonly number[] };
  /**
   * The film cannot be given as MP4: nobody here reads its container, a codec stands in the way, or it is damaged or made of
   * pieces that are too large.
   */
  not_remuxable: { readonly name: string; readonly obstacle: 'container' | 'codec' | 'structure'; readonly codecs: readonly string[] };
  /** A file that cannot be broadcast, as `not_remuxable` says. */
  film_unusable: { readonly path: string; readonly obstacle: 'container' | 'codec' | 'structure'; readonly codecs: readonly string[] };
  /** A folder that was to be broadcast has no files `NAME_00000.mkv …`. */
  no_blocks: { readonly path: string };
  /** It has those of several films: `NAME_*.mkv`. */
  blocks_mixed: { readonly path: string; readonly films: readonly string[] };
  remuxes_full: { readonly running: number };
  node_conflict: { readonly number: number };
  node_retired: { readonly number: number };
  /** Files that would have too few replicas without the node. */
  node_needed: { readonly number: number; readonly files: number };
  /** `flag` is what helps; without one `--puerto` does. */
  port_in_use: { readonly ip: string; readonly port: number; readonly flag?: '--puerto' | '--puerto-relevo' | '--puerto-ver' | '--ip-local' };
  address_unavailable: { readonly ip: string };
  listen_denied: { readonly ip: string; readonly port: number };
  secret_required: { readonly ip: string };
  unauthorized: Record<never, never>;
  /** The secret that came is one of another role. */
  role_required: { readonly role: 'reader' | 'uploader' | 'node' | 'admin' };
  /** As who asks calls this program. */
  forbidden: { readonly host: string; readonly origin?: string | undefined };
  tls_invalid: { readonly path: string; readonly problem: 'certificate' | 'key' | 'mismatch' };
  /** Nobody that this program trusts vouches for who answers there; `reason` is a code of OpenSSL. */
  central_untrusted: { readonly address: string; readonly reason: string };
  disk_full: { readonly path: string };
  path_not_writable: { readonly path: string };
  path_not_readable: { readonly path: string };
  path_in_use: { readonly path: string };
  not_a_directory: { readonly path: string };
  output_exists: { readonly path: string };
  file_changed: { readonly name: string };
  checksum_mismatch: { readonly name: string; readonly algorithm: string };
  invalid_metalink: { readonly reason: string };
  /** `line` counts from 1; none when the whole list is meant. */
  invalid_list: { readonly list: string; readonly line?: number; readonly reason: 'empty' | 'control' | 'too_long' };
  /** Of several downloads; each was told by itself. */
  downloads_failed: { readonly failed: readonly string[]; readonly total: number };
  player_failed: { readonly program: string };
  /** It ended with an error of its own; `status` is its exit status. */
  player_broke: { readonly program: string; readonly status: number };
  /** Who broadcasts a live channel does not answer; `address` is `HOST:PORT`. */
  channel_unreachable: { readonly address: string };
  source_unreachable: { readonly source: string; readonly reason: string };
  source_stalled: { readonly source: string; readonly silentMs: number };
  /** `retryAfterMs` when the source said how long to leave it alone. */
  source_refused: { readonly source: string; readonly status: number; readonly retryAfterMs?: number };
  source_protocol: { readonly source: string; readonly reason: string };
  part_corrupt: { readonly source: string; readonly part: number };
  /** `reason` in the words of the database. */
  catalog_unavailable: { readonly url: string; readonly reason?: string };
  catalog_too_new: { readonly url: string };
  /** It was being filled from another one. */
  catalog_unfinished: { readonly url: string };
  catalog_not_empty: { readonly url: string };
  /** A copy that is not equal to what it was made from. */
  catalog_differs: { readonly url: string; readonly table: string };
  /** Another program makes copies of this kind of catalogue. */
  backup_elsewhere: { readonly url: string; readonly program: string };
  backup_exists: { readonly path: string };
  /** It is no file of saved statistics of that program. */
  statistics_invalid: { readonly path: string; readonly program: string };
  timed_out: { readonly what: string; readonly afterMs: number };
  cancelled: Record<never, never>;
  internal: { readonly reason: string };
}

export type ErrorCode = keyof ErrorFacts;

/** The only error class of the project: a stable code, its facts and the cause that was wrapped. */
export class VideoError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'VideoError';
  readonly code: C;
  readonly facts: ErrorFacts[C];

  constructor(code: C, facts: ErrorFacts[C], options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(facts)}`, options);
    this.code = code;
    this.facts = facts;
  }
}

export function isVideoError<C extends ErrorCode>(error: unknown, ...codes: readonly C[]): error is VideoError<C> {
  return error instanceof VideoError && (codes.length === 0 || (codes as readonly string[]).includes(error.code));
}

/** True when asking again later, without changing anything, may succeed. */
export function isTransient(error: unknown): boolean {
  return isVideoError(
    error,
    'central_unreachable',
    'central_failed',
    'central_not_announced',
    'central_not_in_dns',
    'channel_unreachable',
    'source_unreachable',
    'source_stalled',
    'source_refused',
    'line_full',
    'listeners_full',
    'uploads_full',
    'remuxes_full',
    'peers_full',
    'channels_full',
    'channel_full',
    'no_nodes',
    'no_sources',
    'timed_out',
  );
}

/** Exit status of a program that ends because of `error`: 2 for wrong usage, 130 for a cancellation, 1 otherwise. */
export function exitStatusOf(error: unknown): 1 | 2 | 130 {
  if (isVideoError(error, 'usage', 'invalid_flag')) return 2;
  if (isVideoError(error, 'cancelled')) return 130;
  return 1;
}

/** Wraps anything thrown so that it has a code; a `VideoError` travels as it is. */
export function toVideoError(error: unknown): VideoError {
  if (error instanceof VideoError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new VideoError('internal', { reason }, { cause: error });
}

/** `code` of a Node system error (`'ENOENT'`), or undefined. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Gives the disk's errors at `path` their code of ours; what it does not know travels unchanged. */
export function toDiskError(error: unknown, path: string): unknown {
  switch (systemCodeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new VideoError('disk_full', { path }, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new VideoError('path_not_writable', { path }, { cause: error });
    case 'ENOTDIR':
    case 'EEXIST':
      return new VideoError('not_a_directory', { path }, { cause: error });
    default:
      return error;
  }
}
