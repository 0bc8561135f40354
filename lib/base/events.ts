/**
 * What programs tell at their console while they work: an event name and its fields. Each has a sentence in every
 * language of `messages`. Names are `noun.past-participle`; renaming one is a change for whoever reads the logs.
 */
export interface EventFields {
  'secret.created': { readonly secret: string; readonly path: string };
  /** A key that signs tokens. */
  'key.made': { readonly kid: string };
  'central.listening': { readonly url: string };
  'central.announced': { readonly label: string; readonly addresses: readonly string[] };
  'central.reached': { readonly url: string };
  'central.lost': { readonly url: string; readonly reason: string };
  'node.listening': { readonly number: number; readonly url: string; readonly directory: string };
  'node.joined': { readonly number: number; readonly url: string };
  'node.unreachable': { readonly number: number; readonly url: string; readonly reason: string };
  'node.secluded': { readonly number: number; readonly url: string };
  'node.suspected': { readonly number: number; readonly silentMs: number };
  'node.lost': { readonly number: number; readonly silentMs: number };
  'node.returned': { readonly number: number };
  'node.refused': { readonly number: number; readonly url: string };
  /** A secondary that was retired came back. */
  'node.rejected': { readonly number: number; readonly url: string };
  'drain.started': { readonly number: number; readonly files: number };
  'drain.finished': { readonly number: number };
  'node.retired': { readonly number: number };
  'node.reactivated': { readonly number: number };
  /** What a secondary says when the central refuses its number. */
  'number.taken': { readonly number: number };
  'number.retired': { readonly number: number };
  'heartbeat.received': { readonly number: number; readonly added: number; readonly removed: number };
  'video.announced': { readonly name: string; readonly number: number };
  'video.conflict': { readonly name: string; readonly nodes: readonly number[] };
  'video.removed': { readonly name: string };
  'video.restored': { readonly name: string };
  'video.renamed': { readonly name: string; readonly to: string };
  /** It can no longer be restored; its bytes are freed. */
  'trash.expired': { readonly name: string };
  'copy.ordered': { readonly name: string; readonly number: number; readonly sources: readonly number[] };
  /** Of a replica that nobody needs. */
  'drop.ordered': { readonly name: string; readonly number: number };
  /** The central no longer wants a copy that had begun. */
  'copy.withdrawn': { readonly name: string };
  'ticket.waiting': { readonly client: string; readonly name: string; readonly position: number };
  'ticket.granted': { readonly client: string; readonly name: string };
  'ticket.resumed': { readonly client: string; readonly name: string };
  'ticket.closed': { readonly client: string; readonly name: string; readonly outcome: string };
  'ticket.expired': { readonly client: string; readonly name: string };
  'source.reported': { readonly number: number; readonly name: string; readonly problem: string; readonly client: string };
  'client.registered': { readonly name: string };
  'file.hashing': { readonly name: string; readonly sizeBytes: number };
  'file.indexed': { readonly name: string; readonly sizeBytes: number; readonly elapsedMs: number };
  'file.changed': { readonly name: string };
  /** Files of unfinished copies and manifests that nobody wanted any more. */
  'leftovers.removed': { readonly copies: number; readonly manifests: number };
  'file.removed': { readonly name: string };
  'file.ignored': { readonly name: string; readonly reason: string };
  'file.unreadable': { readonly name: string; readonly reason: string };
  'upload.begun': { readonly name: string; readonly sizeBytes?: number | undefined; readonly arrivedBytes: number };
  'upload.taken': { readonly name: string; readonly sizeBytes: number };
  'upload.failed': { readonly name: string; readonly reason: string };
  /** What a central promises to keep. */
  'upload.acknowledged': { readonly name: string; readonly replicas: number; readonly wanted: number };
  'copy.started': { readonly name: string; readonly sizeBytes: number; readonly sources: readonly string[] };
  'copy.finished': { readonly name: string; readonly elapsedMs: number };
  'copy.failed': { readonly name: string; readonly reason: string };
  'replica.trashed': { readonly name: string };
  'replica.restored': { readonly name: string };
  'replica.renamed': { readonly name: string; readonly to: string };
  'replica.dropped': { readonly name: string };
  'replica.failed': { readonly order: string; readonly name: string; readonly reason: string };
  /** Found by reading it again. At the central, `number` tells which secondary. */
  'replica.damaged': { readonly name: string; readonly parts: number; readonly number?: number };
  'replica.mended': { readonly name: string; readonly parts: number; readonly number?: number };
  /** A replica was read through. */
  'scrub.finished': { readonly name: string; readonly sizeBytes: number; readonly badParts: number };
  /** The central wants a replica to be read, because a client got bad bytes of it. */
  'verify.ordered': { readonly name: string; readonly number: number };
  'request.served': { readonly name: string; readonly start: number; readonly end: number; readonly client: string };
  'request.aborted': { readonly name: string; readonly client: string };
  'source.failed': { readonly source: string; readonly reason: string; readonly parts: number };
  'source.joined': { readonly source: string };
  'source.left': { readonly source: string };
  'source.returned': { readonly source: string };
  'source.corrupt': { readonly source: string; readonly part: number };
  'sources.awaited': { readonly name: string };
  /** What an earlier run left is of no use: `changed`, or `no_ranges` where only the whole file can be asked for. */
  'download.restarted': { readonly name: string; readonly reason: string };
  'download.resumed': { readonly name: string; readonly bytes: number };
  /** Names of files, as the peer told them. */
  'peer.joined': { readonly address: string; readonly files: readonly string[] };
  /** The address of a peer that joined has its port, `IP:PORT`; of others it is where they ask from. */
  'peer.searched': { readonly address: string; readonly name: string };
  'peer.left': { readonly address: string };
  'peer.lost': { readonly address: string };
  'peer.reported': { readonly address: string; readonly name: string; readonly problem: string };
  'peer.distrusted': { readonly address: string; readonly name: string; readonly reason: string; readonly forMs: number };
  'peer.unreachable': { readonly address: string; readonly reason: string };
  /** What a peer says whom the central does not take in. */
  'peer.refused': { readonly url: string; readonly reason: string };
  /** A client serves what it has. */
  'sharing.started': { readonly address: string; readonly files: number };
  /** A file that was fetched is not there any more, or another. */
  'sharing.withdrawn': { readonly name: string };
  'sharing.ended': { readonly bytes: number; readonly peers: number };
  /** Who asks for a live channel of this server, by its IP. */
  'viewer.joined': { readonly channel: number; readonly address: string };
  /** `reason`: `channel_full`, `no_channel`, or `unreachable` when it could not be called back. */
  'viewer.refused': { readonly channel: number; readonly address: string; readonly reason: string };
  'viewer.left': { readonly channel: number; readonly address: string };
  /** Two blocks in a row could not be delivered. */
  'viewer.removed': { readonly channel: number; readonly address: string };
  /** What a viewer says of the server that it asked; `address` is `HOST:PORT`. */
  /** Where viewers find the channels: by the old protocol, and for the relay. */
  'broadcast.started': { readonly address: string; readonly relayPort: number };
  /** What this program broadcasts: a film or a folder. */
  'channel.on_air': { readonly channel: number; readonly path: string };
  /** A central was told of it, and tells others; `address` is `IP:PORT` of its relay. */
  'channel.announced': { readonly channel: number; readonly name: string; readonly address: string };
  /** Nobody broadcasts it any more. */
  'channel.gone': { readonly channel: number; readonly name: string; readonly address: string };
  /** The central does not take what is announced. */
  'channel.unannounced': { readonly url: string; readonly reason: string };
  /** The film could not be read for a moment. */
  'channel.interrupted': { readonly channel: number; readonly reason: string };
  /** Nobody answers there yet. */
  'channel.awaited': { readonly channel: number; readonly address: string };
  /** Where a player finds it. */
  'channel.playable': { readonly channel: number; readonly url: string };
  /** A whole block: how long it was on its way since it went on the air, as far as can be told. */
  'channel.block': { readonly channel: number; readonly number: number; readonly bytes: number; readonly lagMs: number };
  /** Others cannot connect to this viewer. */
  'relay.unreachable': { readonly channel: number };
  /** This viewer gets blocks from the server itself, and gives them to the others. */
  'relay.leading': { readonly channel: number; readonly address: string };
  /** Of the four slices of each block, counted from 1. */
  'relay.lost': { readonly channel: number; readonly address: string; readonly slice: number; readonly reason: string };
  'channel.joined': { readonly channel: number; readonly address: string };
  'channel.full': { readonly channel: number; readonly address: string };
  /** `reason`: `unreachable`, or `silent` when no answer or no block came in time. */
  'channel.lost': { readonly channel: number; readonly address: string; readonly reason: string };
  /** Blocks of a channel that were not whole when they were to be shown. */
  'live.missed': { readonly channel: number; readonly first: number; readonly last: number };
  /** Many blocks did not come in time; told once, and those that are missed from then on not one by one. */
  'live.short': { readonly channel: number };
  /** They come in time again. */
  'live.steady': { readonly channel: number; readonly number: number };
  /** A block went before its time, because its room was needed. */
  'live.discarded': { readonly channel: number; readonly number: number };
  /** A block that was whole could not be kept; `reason` is a code, `no_room` when all that may be used is taken. */
  'live.unstored': { readonly channel: number; readonly number: number; readonly reason: string };
  /** Blocks are kept again. */
  'live.stored': { readonly channel: number; readonly number: number };
  /** No piece for players can be made of it; told again when one could be made meanwhile. */
  'live.unplayable': { readonly channel: number; readonly number: number; readonly reason: string };
  'statistics.saved': { readonly path: string };
  'statistics.failed': { readonly path: string; readonly reason: string };
  'statistics.unreadable': { readonly path: string; readonly keptAs: string };
  'program.stopping': Record<never, never>;
  'request.failed': { readonly operation: string; readonly reason: string };
}

export type EventName = keyof EventFields;
