import { formatBytes, MINUTE_MS } from '../../units.ts';
import type { EventMessages } from '../index.ts';

const LOCALE = 'en';

/** Reasons that travel as codes, in words; other reasons are shown as they came. */
const words: Readonly<Record<string, string>> = {
  late: 'it comes late',
  closed: 'the connection closed',
  corrupt: 'damaged parts',
  unreachable: 'does not answer',
  stalled: 'stopped sending',
  protocol: 'answered something else than asked',
  lacks: 'does not have what it announces',
  refused: 'gives nothing to more people now',
  done: 'complete',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'expired',
  central_unreachable: 'does not answer',
  outcome_unknown: 'nobody knows whether it was done',
  central_not_announced: 'nobody announced itself',
  central_not_in_dns: 'DNS does not tell where it is',
  source_unreachable: 'does not answer',
  source_stalled: 'stopped sending',
  source_refused: 'refused the request',
  source_protocol: 'answered something else than asked',
  part_corrupt: 'damaged part',
  changed: 'it changed since the last time',
  no_ranges: 'its server does not send parts',
  no_sources: 'no source available',
  disk_full: 'disk full',
  path_not_writable: 'cannot be written',
  path_not_readable: 'cannot be read',
  checksum_mismatch: 'is not what its checksum says',
  invalid_metalink: 'wrong metalink',
  file_changed: 'changed while in use',
  invalid_name: 'the name cannot be used',
  invalid_manifest: 'wrong manifest',
  node_conflict: 'another secondary has this number',
  name_taken: 'another video has that name',
  channels_full: 'there is no room for more channels',
  peers_full: 'there is no room for more peers',
  no_room: 'there is no room',
  upload_corrupt: 'what arrived is damaged',
  output_exists: 'another file has that name here; rename or remove one of them',
  timed_out: 'no answer in time',
  internal: 'internal error',
  central_failed: 'could not answer',
  invalid_request: 'wrong request',
  unauthorized: 'the authorization is missing',
  central_untrusted: 'its certificate is not trusted',
  distrusted: 'its certificate is not to be trusted; the central needs --tls-ca',
  somebody_else: 'somebody else answers there',
  role_required: 'the secret is one of another role',
  forbidden: 'not allowed',
  not_found: 'does not exist',
  file_not_found: 'does not exist',
  ticket_not_found: 'unknown ticket',
  not_a_directory: 'is not a folder',
  path_in_use: 'another program is using it',
  catalog_unavailable: 'catalogue not available',
  empty: 'is empty',
  too_long: 'name of more than 255 bytes',
  reserved: 'reserved name',
  separator: 'name with a slash',
  control: 'name with control characters',
  hidden: 'hidden name',
  channel_full: 'there is no room for more viewers',
  no_channel: 'there is no such channel',
  silent: 'silent',
  not_remuxable: 'it is of no form that players take',
};

export const eventsEn: EventMessages = {
  'secret.created': ({ secret, path }) => `Secret of the admin, which will not be shown again: ${secret}. It is kept in ${path}. SECRETO shows those of secondaries and clients.`,
  'key.made': ({ kid }) => `New key to sign permissions to read: ${kid}.`,
  'central.listening': ({ url }) => `Central listening on ${url}.`,
  'central.announced': ({ label, addresses }) => `Announced as ${label} on ${addresses.join(', ')}; --ip-central mdns: finds it.`,
  'central.reached': ({ url }) => `Connected to the central${named(url)}.`,
  'central.lost': ({ url, reason }) => `Lost the central${named(url)} (${inWords(reason)}). Still trying.`,
  'node.listening': ({ number, url, directory }) => `Secondary ${number} listening on ${url}, folder ${directory}.`,
  'node.joined': ({ number, url }) => `Secondary ${number} joined (${url}).`,
  'node.unreachable': ({ number, url, reason }) => `Secondary ${number} is alive but cannot be reached at ${url}: ${inWords(reason)}.`,
  'node.secluded': ({ number, url }) => `Secondary ${number} can be reached from this machine only (${url}). Start it with --ip so that the others find it.`,
  'node.suspected': ({ number, silentMs }) => `Secondary ${number} has been silent for ${seconds(silentMs)} s.`,
  'node.lost': ({ number, silentMs }) => `Secondary ${number} is down: ${seconds(silentMs)} s of silence.`,
  'node.returned': ({ number }) => `Secondary ${number} is back.`,
  'node.refused': ({ number, url }) => `Refused ${url}: another secondary ${number} is already running.`,
  'node.rejected': ({ number, url }) => `Rejected ${url}: secondary ${number} was retired. To take it back: REACTIVAR ${number}.`,
  'drain.started': ({ number, files }) => `Secondary ${number} drains: ${files} ${files === 1 ? 'video still needs' : 'videos still need'} it.`,
  'drain.finished': ({ number }) => `Secondary ${number} is drained: no video needs it. It can be retired now: RETIRAR ${number}.`,
  'node.retired': ({ number }) => `Secondary ${number} retired.`,
  'node.reactivated': ({ number }) => `Secondary ${number} counts again.`,
  'number.taken': ({ number }) => `Another secondary ${number} is already running. Use another --numero, or close it; still trying.`,
  'number.retired': ({ number }) => `The central retired this secondary (${number}) and no longer counts on it. To take it back: REACTIVAR ${number} at its console.`,
  'heartbeat.received': ({ number, added, removed }) => {
    const news = [
      ...(added > 0 ? [`${added} ${added === 1 ? 'new video' : 'new videos'}`] : []),
      ...(removed > 0 ? [`${removed} ${removed === 1 ? 'video removed' : 'videos removed'}`] : []),
    ];
    return `Secondary ${number}: ${news.join(', ')}.`;
  },
  'video.announced': ({ name, number }) => `Secondary ${number} has "${name}".`,
  'video.conflict': ({ name, nodes }) => `Another content has the name "${name}" (secondaries: ${nodes.join(', ')}). Rename or remove it.`,
  'video.removed': ({ name }) => `"${name}" is in the trash now.`,
  'video.restored': ({ name }) => `"${name}" is back from the trash.`,
  'video.renamed': ({ name, to }) => `"${name}" is called "${to}" now.`,
  'trash.expired': ({ name }) => `"${name}" leaves the trash: it can no longer be restored, and its space is freed.`,
  'copy.ordered': ({ name, number, sources }) => `Secondary ${number} is asked to copy "${name}" from ${sources.join(', ')}.`,
  'drop.ordered': ({ name, number }) => `"${name}" has replicas to spare: secondary ${number} is told to free its own.`,
  'copy.withdrawn': ({ name }) => `The copy of "${name}" is no longer needed; it is left.`,
  'ticket.waiting': ({ client, name, position }) => `${client} waits to download "${name}" (place ${position}).`,
  'ticket.granted': ({ client, name }) => `${client} downloads "${name}".`,
  'ticket.resumed': ({ client, name }) => `${client} goes on downloading "${name}".`,
  'ticket.closed': ({ client, name, outcome }) => `Download of "${name}" by ${client}: ${inWords(outcome)}.`,
  'ticket.expired': ({ client, name }) => `${client} no longer answers; it loses its turn for "${name}".`,
  'source.reported': ({ client, number, name, problem }) => `${client} reports secondary ${number} with "${name}" (${inWords(problem)}).`,
  'client.registered': ({ name }) => `Client registered: ${name}.`,
  'file.hashing': ({ name, sizeBytes }) => `Reading "${name}" (${formatBytes(sizeBytes, LOCALE)})…`,
  'file.indexed': ({ name, sizeBytes, elapsedMs }) => `"${name}" is ready: ${formatBytes(sizeBytes, LOCALE)} read in ${seconds(elapsedMs)} s.`,
  'file.changed': ({ name }) => `"${name}" changed; reading it again.`,
  'leftovers.removed': ({ copies, manifests }) => `Leftovers of nobody are removed from .videopartes: ${copies} of unfinished copies, ${manifests} manifests.`,
  'file.removed': ({ name }) => `"${name}" is no longer in the folder.`,
  'file.ignored': ({ name, reason }) => `"${name}" is not shared: ${inWords(reason)}.`,
  'file.unreadable': ({ name, reason }) => `"${name}" cannot be read: ${inWords(reason)}.`,
  'upload.begun': ({ name, arrivedBytes }) => `Receiving "${name}"${arrivedBytes > 0 ? `; ${formatBytes(arrivedBytes, LOCALE)} were here already` : ''}.`,
  'upload.taken': ({ name, sizeBytes }) => `"${name}" received and verified (${formatBytes(sizeBytes, LOCALE)}).`,
  'upload.failed': ({ name, reason }) => `"${name}" could not be received: ${inWords(reason)}.`,
  'upload.acknowledged': ({ name, replicas, wanted }) => `"${name}" is stored: ${replicas} of ${wanted} replicas.`,
  'copy.started': ({ name, sizeBytes, sources }) => `Copying "${name}" (${formatBytes(sizeBytes, LOCALE)}) from ${sources.join(', ')}.`,
  'copy.finished': ({ name, elapsedMs }) => `Copy of "${name}" complete in ${seconds(elapsedMs)} s.`,
  'copy.failed': ({ name, reason }) => `The copy of "${name}" did not end: ${inWords(reason)}. It will be tried again.`,
  'replica.trashed': ({ name }) => `"${name}" goes to the trash of the folder.`,
  'replica.restored': ({ name }) => `"${name}" is back in the folder from the trash.`,
  'replica.renamed': ({ name, to }) => `"${name}" is called "${to}" in the folder now.`,
  'replica.dropped': ({ name }) => `The space of "${name}" is free.`,
  'replica.failed': ({ order, name, reason }) => `The order "${order}" about "${name}" could not be carried out: ${inWords(reason)}. It will be tried again.`,
  'replica.damaged': ({ name, parts, number }) => `${whose(number)} "${name}" has ${damaged(parts)}: no longer served, and sought at others.`,
  'replica.mended': ({ name, parts, number }) => `${whose(number)} "${name}" is whole again: ${renewed(parts)}.`,
  'scrub.finished': ({ name, sizeBytes, badParts }) => `Checked "${name}" (${formatBytes(sizeBytes, LOCALE)}): ${badParts === 0 ? 'all right' : damaged(badParts)}.`,
  'verify.ordered': ({ name, number }) => `Secondary ${number} is asked to check "${name}".`,
  'request.served': ({ name, start, end, client }) => `Sent to ${client} bytes ${start}–${end} of "${name}".`,
  'request.aborted': ({ name, client }) => `${client} left a piece of "${name}" half way.`,
  'source.failed': ({ source, reason, parts }) => `${source} fails (${inWords(reason)}); ${plural(parts)}.`,
  'source.joined': ({ source }) => `New source: ${source}.`,
  'source.left': ({ source }) => `${source} is no longer a source.`,
  'source.returned': ({ source }) => `${source} is back and gets work.`,
  'source.corrupt': ({ source, part }) => `${source} sent part ${part} damaged; another source is asked for it.`,
  'sources.awaited': ({ name }) => `No source of "${name}" answers now; waiting for one to come back.`,
  'download.restarted': ({ name, reason }) => `"${name}" begins again: ${inWords(reason)}.`,
  'download.resumed': ({ name, bytes }) => `"${name}" goes on: ${formatBytes(bytes, LOCALE)} had been downloaded before.`,
  'peer.joined': ({ address, files }) => `${['Peer', address, 'joined with files', ...files].join(' ')}.`,
  'peer.searched': ({ address, name }) => `Peer ${address} looks for file ${name}.`,
  'peer.left': ({ address }) => `Peer ${address} left.`,
  'peer.lost': ({ address }) => `Peer ${address} fell silent; it is no longer offered.`,
  'peer.reported': ({ address, name, problem }) => `Somebody complains of peer ${address} with "${name}" (${inWords(problem)}); the central looks for itself.`,
  'peer.distrusted': ({ address, name, reason, forMs }) => `Peer ${address} fails with "${name}" (${inWords(reason)}): it is not offered to anybody for ${Math.round(forMs / MINUTE_MS)} min.`,
  'peer.unreachable': ({ address, reason }) => `Peer ${address} cannot be reached (${inWords(reason)}): it is not offered to others.`,
  'peer.refused': ({ url, reason }) => `The central${named(url)} does not take what this peer announces (${inWords(reason)}). Still trying.`,
  'sharing.started': ({ address, files }) => `Sharing at ${address}: what is downloaded${files === 0 ? '' : ` and ${files === 1 ? 'a file that was here' : `${files} files that were here`}`}.`,
  'sharing.withdrawn': ({ name }) => `"${name}" is no longer what was downloaded: it is not shared any more.`,
  'sharing.ended': ({ bytes, peers }) => `Shared ${formatBytes(bytes, LOCALE)} with ${peers === 1 ? '1 peer' : `${peers} peers`}.`,
  'viewer.joined': ({ channel, address }) => `Viewer ${address} joined channel ${channel}.`,
  'viewer.refused': ({ channel, address, reason }) => `Viewer ${address} does not join channel ${channel}: ${inWords(reason)}.`,
  'viewer.left': ({ channel, address }) => `Viewer ${address} left channel ${channel}.`,
  'viewer.removed': ({ channel, address }) => `Viewer ${address} is removed from channel ${channel}: two blocks in a row could not be delivered.`,
  'broadcast.started': ({ address, relayPort }) => `Broadcasting at ${address}, and for the relay at port ${relayPort}.`,
  'channel.on_air': ({ channel, path }) => `Channel ${channel} is on the air: ${path}.`,
  'channel.announced': ({ channel, name, address }) => `Channel ${channel} announced: “${name}”, at ${address}.`,
  'channel.gone': ({ channel, name, address }) => `Channel ${channel} of ${address} (“${name}”) is no longer on the air.`,
  'channel.unannounced': ({ url, reason }) => `The central${named(url)} does not take the channels that it is told of (${inWords(reason)}). Still trying.`,
  'channel.interrupted': ({ channel, reason }) => `Channel ${channel} is interrupted: what it shows cannot be read (${inWords(reason)}). Still trying.`,
  'channel.awaited': ({ channel, address }) => `Nobody broadcasts at ${address}. Waiting for channel ${channel}.`,
  'channel.playable': ({ channel, url }) => `Open ${url} in a player to watch channel ${channel}.`,
  'channel.block': ({ channel, number, bytes, lagMs }) => `Channel ${channel}: block ${number}, ${formatBytes(bytes, LOCALE)}, ${lagMs} ms after it went on the air.`,
  'relay.unreachable': ({ channel }) => `Others cannot connect to this viewer: it receives channel ${channel} and does not relay it.`,
  'relay.leading': ({ channel, address }) => `This viewer receives channel ${channel} from the server ${address} and relays it to the others.`,
  'relay.lost': ({ channel, address, slice, reason }) => `Channel ${channel}: ${address} gives slice ${slice} no more (${inWords(reason)}).`,
  'channel.joined': ({ channel, address }) => `Watching channel ${channel} of ${address}.`,
  'channel.full': ({ channel, address }) => `Channel ${channel} of ${address} is full. Still trying.`,
  'channel.lost': ({ channel, address, reason }) => `Nothing comes of channel ${channel} from ${address} (${inWords(reason)}). Still trying.`,
  'live.missed': ({ channel, first, last }) => `Channel ${channel}: ${first === last ? `block ${first}` : `blocks ${first} to ${last}`} did not come in time and ${first === last ? 'is' : 'are'} not shown.`,
  'live.short': ({ channel }) => `Channel ${channel}: less arrives than is broadcast, and many blocks are missing; those that come in time are shown. If it lasts, the line does not carry this channel.`,
  'live.steady': ({ channel, number }) => `Channel ${channel}: blocks come in time again; ${number} is shown.`,
  'live.discarded': ({ channel, number }) => `Channel ${channel}: block ${number} is removed before its time, because the room for blocks is full.`,
  'live.unstored': ({ channel, number, reason }) => `Channel ${channel}: block ${number} could not be kept (${inWords(reason)}). Going on without it.`,
  'live.stored': ({ channel, number }) => `Channel ${channel}: blocks are kept again, from ${number} on.`,
  'live.unplayable': ({ channel, number, reason }) => `Channel ${channel}: block ${number} cannot be shown (${inWords(reason)}). Going on without it.`,
  'statistics.saved': ({ path }) => `Statistics saved in ${path}.`,
  'statistics.failed': ({ path, reason }) => `The statistics could not be saved in ${path}: ${inWords(reason)}.`,
  'statistics.unreadable': ({ path, keptAs }) => `The statistics in ${path} make no sense; they are kept as ${keptAs} and counting starts again.`,
  'program.stopping': () => 'Stopping… (Ctrl-C again to stop waiting)',
  'request.failed': ({ operation, reason }) => `"${operation}" failed: ${inWords(reason)}.`,
};

function whose(number: number | undefined): string {
  return number === undefined ? 'The copy of' : `Secondary ${number}: the copy of`;
}

function damaged(parts: number): string {
  return parts === 1 ? '1 bad part' : `${parts} bad parts`;
}

function renewed(parts: number): string {
  return parts === 1 ? '1 part renewed' : `${parts} parts renewed`;
}

function inWords(reason: string): string {
  return Object.hasOwn(words, reason) ? words[reason]! : reason;
}

function plural(parts: number): string {
  if (parts === 0) return 'it owed no part';
  return parts === 1 ? 'its part goes to another source' : `its ${parts} parts go to other sources`;
}

function seconds(ms: number): string {
  return (ms / 1000).toLocaleString(LOCALE, { maximumFractionDigits: 1 });
}

/** An address that is not known is not shown. */
function named(url: string): string {
  return url === '' ? '' : ` ${url}`;
}
