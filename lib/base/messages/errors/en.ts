import { formatBytes } from '../../units.ts';
import type { ErrorMessages } from '../index.ts';

const nameProblems = {
  empty: 'it is empty',
  too_long: 'it takes more than 255 bytes',
  reserved: 'the system reserves it',
  separator: 'it contains a slash "/"',
  control: 'it contains control characters',
  hidden: 'it starts with a dot',
};
const listProblems = { empty: 'it names nothing', control: 'it has control characters', too_long: 'it is too long' };
const absentThings = { route: 'That address does not exist', manifest: 'The manifest does not exist', node: 'The secondary does not exist', torrent: 'There is no torrent of that video', topic: 'Nothing is registered under that topic', channel: 'That channel is not on the air' };
const tlsProblems = { certificate: 'it is no PEM certificate', key: 'it is no PEM private key without a password', mismatch: 'the key is of another certificate' };
const remuxObstacles = { container: 'it is of no kind that can be read', codec: 'browsers do not play what is in it', structure: 'it is damaged, or made of pieces that are too large' };
const roleNames = { reader: 'reader', uploader: 'uploader', node: 'node', admin: 'admin' };

export const errorsEn: ErrorMessages = {
  usage: ({ reason }) => `${reason}${reason.endsWith('?') ? '' : '.'} --help shows the options.`,
  invalid_flag: ({ flag, value, expected }) => `${flag} cannot be "${value}": expected ${expected}.`,
  invalid_name: ({ name, reason }) => `The name "${name}" cannot be used: ${nameProblems[reason]}.`,
  invalid_request: ({ reason }) => `The request is not valid: ${reason}.`,
  invalid_manifest: ({ reason }) => `The manifest that came is wrong (${reason}); it is not used.`,
  outcome_unknown: ({ address }) =>
    `The central ${address} stopped answering before it replied, and the change may or may not be made. See with «listar» or «papelera» and, if need be, give the order again.`,
  central_unreachable: ({ address }) =>
    `No central found at ${address}. Check that it is running, and --ip-central and --puerto-central.`,
  central_not_announced: ({ label, afterMs }) =>
    `Nobody on the local network announced itself as central${label ? ` "${label}"` : ''} in ${seconds(afterMs)} s. Start it with --anunciar on a machine of this network, or give its address with --ip-central.`,
  central_not_in_dns: ({ service, reason }) => `DNS does not tell where the central is: ${service} (${reason}). Check its SRV records, or give the address with --ip-central.`,
  central_failed: ({ address, status }) => `The central ${address} could not answer (HTTP ${status}). Try again in a moment.`,
  not_found: ({ what }) => `${absentThings[what]}.`,
  file_not_found: ({ name, near }) =>
    near.length > 0
      ? `There is no video "${name}". Did you mean ${near.map(other => `"${other}"`).join(', ')}?`
      : `There is no video "${name}". "listar" shows those that exist.`,
  not_in_trash: ({ name }) => `There is nothing of "${name}" in the trash. "papelera" shows what there is.`,
  name_taken: ({ name }) => `The name "${name}" belongs to another video. Choose another one, or rename or remove that video first.`,
  method_not_allowed: ({ allowed }) => `Only ${allowed.join(', ')} can be asked there.`,
  ticket_not_found: () => 'The central no longer knows this ticket; ask for the video again.',
  line_full: ({ waiting }) => `${waiting} downloads are already waiting; try later.`,
  listeners_full: ({ listening }) => `${listening} are already following the messages of the central; try later.`,
  no_nodes: () => 'No secondary is up that could keep the video. Start one and repeat the order.',
  no_room: ({ name, sizeBytes }) => `No secondary has room for “${name}” (${formatBytes(sizeBytes, 'en')}). Free some space or add a secondary.`,
  upload_corrupt: ({ name }) => `What arrived is not “${name}”: it was damaged on its way, or the file changed. It was thrown away; repeat the order.`,
  upload_not_found: () => 'That upload is gone; begin again.',
  uploads_full: ({ running }) => `The secondary is receiving ${running} uploads already; try again later.`,
  not_acknowledged: ({ name, replicas, needed }) =>
    `“${name}” is on ${replicas} of the ${needed} secondaries that it takes to call it stored. Keep your copy and repeat the order: nothing is sent again.`,
  uploads_failed: ({ failed, total }) => `${failed.length} of ${total} uploads did not end: ${failed.join(', ')}.`,
  topics_full: ({ what, max }) => (what === 'topics' ? `There are ${max} topics already; reset one that is no longer used.` : `The topic has ${max} keys already, and takes no more; reset it or use another.`),
  peer_unknown: () => 'The central no longer knows this peer; join again.',
  not_joined: () => 'Join first, with JOIN.',
  not_searched: () => 'Search for the file first, with SEARCH.',
  already_joined: ({ address }) => `This peer has joined already, as ${address}. Leave first, with LEAVE.`,
  peer_refused: ({ peer }) => `The peer ${peer} refused the download. Choose another one, or try again later.`,
  peer_lacks_file: ({ peer, name }) => `The peer ${peer} does not have "${name}". Search again, with SEARCH.`,
  contents_differ: ({ name, contents }) => `There are ${contents} different files called "${name}". Choose the IP and port of one peer with DOWNLOAD.`,
  peers_failed: ({ name, peers }) =>
    peers.length > 0
      ? `No peer gives "${name}" now (${peers.join(', ')}). What was downloaded is kept; ask for it again with DOWNLOAD.`
      : `No other peer has "${name}". Search again, with SEARCH.`,
  peers_full: ({ what, max }) => `The central takes no more peers for now (${max} ${what === 'peers' ? 'peers' : what === 'names' ? 'announced names' : 'waiting'}); try again later.`,
  statistics_invalid: ({ path, program }) => `${path} is no file of saved statistics of ${program}.`,
  not_remuxable: ({ name, obstacle, codecs }) => `“${name}” cannot be given as MP4: ${remuxObstacles[obstacle]}${codecs.length > 0 ? ` (${codecs.join(', ')})` : ''}. Download it.`,
  film_unusable: ({ path, obstacle, codecs }) => `${path} cannot be broadcast: ${remuxObstacles[obstacle]}${codecs.length > 0 ? ` (${codecs.join(', ')})` : ''}. Choose another film.`,
  no_blocks: ({ path }) => `There are no blocks in ${path}. Call its files NAME_00000.mkv, NAME_00001.mkv and so on.`,
  blocks_mixed: ({ path, films }) => `There are blocks of several films in ${path}: ${films.join(', ')}. Leave those of one in the folder.`,
  remuxes_full: ({ running }) => `The central is converting ${running} videos for others already; try again later.`,
  channels_full: ({ what, max }) => (what === 'announced' ? `The central knows ${max} channels already and takes no more for now.` : `The central gives ${max} channels to browsers already and cannot give more; try again later.`),
  channel_full: ({ name }) => `There is no room for more viewers of “${name}”; try again later.`,
  no_sources: ({ name, nodes }) =>
    nodes.length > 0
      ? `No secondary with "${name}" is available now (held by: ${nodes.join(', ')}). What was downloaded is kept; ask again when one is back.`
      : `No secondary has "${name}" now. What was downloaded is kept; ask again later.`,
  node_conflict: ({ number }) => `Another secondary ${number} is already running. Use another --numero.`,
  node_needed: ({ number, files }) => `Secondary ${number} is still needed for ${files} ${files === 1 ? 'video' : 'videos'}. Drain it first with DRENAR ${number}, and wait until it is drained.`,
  node_retired: ({ number }) => `Secondary ${number} was retired. To take it back: REACTIVAR ${number} at the central’s console.`,
  port_in_use: ({ ip, port, flag = '--puerto' }) =>
    flag === '--ip-local'
      ? `Another program uses port ${port} of ${ip}, and who watches a server of the old protocol needs it: that is where others call. Close the other program, or give each viewer of this machine an address of its own with --ip-local.`
      : `Port ${port} of ${ip} is already in use. Close the other program or choose another with ${flag} (0: any free one).`,
  address_unavailable: ({ ip }) => `This machine does not have the address ${ip}. Check --ip.`,
  listen_denied: ({ ip, port }) => `Not allowed to listen on ${ip}:${port}. Choose a port above 1023.`,
  secret_required: ({ ip }) => `Listening on ${ip}, outside this machine, needs a secret: the one that SECRETO node tells at the central's console, by --secreto or VIDEOPARTES_SECRETO. Use --ip 127.0.0.1 to work only here.`,
  unauthorized: () => 'The central asks for a secret that holds: give it with --secreto or in VIDEOPARTES_SECRETO.',
  role_required: ({ role }) => `The secret is not enough for this: that of the ${roleNames[role]} is needed. At the central, SECRETO shows it.`,
  forbidden: ({ host, origin }) =>
    origin === undefined
      ? `The request does not call this program by a name of its own (${host}): use its address, or start it with --nombre-publico.`
      : `The request comes from a page of another place (${origin}), and not of this one (${host}).`,
  tls_invalid: ({ path, problem }) => `${path}: ${tlsProblems[problem]}.`,
  central_untrusted: ({ address, reason }) => `Nobody vouches for ${address} (${reason}). Check --tls-ca and the certificate of the central.`,
  disk_full: ({ path }) => `No space left on the disk for ${path}. What was verified is kept: free some space and repeat the order.`,
  path_not_writable: ({ path }) => `Cannot write to ${path}. Check its permissions or choose another folder.`,
  path_not_readable: ({ path }) => `Cannot read ${path}. Check that it exists, and its permissions.`,
  path_in_use: ({ path }) => `Another program is using ${path}. Wait for it to end or choose another place.`,
  not_a_directory: ({ path }) => `${path} is not a folder. Choose another path.`,
  output_exists: ({ path }) => `${path} already exists and is left alone. Move it away or choose another file with -o.`,
  file_changed: ({ name }) => `"${name}" changed while it was in use. Ask for it again.`,
  checksum_mismatch: ({ name, algorithm }) => `checksum mismatch: what came is not "${name}" (${algorithm}). It was thrown away; try other mirrors.`,
  invalid_metalink: ({ reason }) => `The metalink cannot be used: ${reason}.`,
  invalid_list: ({ list, line, reason }) => `${list}${line === undefined ? '' : `, line ${line}`}: ${listProblems[reason]}. Write one name or URL a line.`,
  downloads_failed: ({ failed, total }) => `${failed.length} of ${total} downloads did not end: ${failed.join(', ')}.`,
  player_failed: ({ program }) => `The player "${program}" could not be started. See whether it is installed, or repeat the order without --reproductor and open the URL with another one.`,
  player_broke: ({ program, status }) => `The player "${program}" ended with an error (status ${status}). Try it alone to see what it says, or repeat the order without --reproductor and open the URL with another one.`,
  channel_unreachable: ({ address }) => `No server of channels answers at ${address}. Check that it is running, and --ip.`,
  source_unreachable: ({ source, reason }) => `${source} does not answer (${reason}).`,
  source_stalled: ({ source, silentMs }) => `${source} has sent nothing for ${seconds(silentMs)} s.`,
  source_refused: ({ source, status }) => `${source} refused the request (HTTP ${status}).`,
  source_protocol: ({ source, reason }) => `${source} answered something else than was asked (${reason}).`,
  part_corrupt: ({ source, part }) => `${source} sent part ${part} damaged; it is thrown away.`,
  catalog_unavailable: ({ url, reason }) => `The catalogue ${url} cannot be used${reason ? ` (${reason})` : ''}. Check --base-datos and --datos.`,
  catalog_too_new: ({ url }) => `The catalogue ${url} belongs to a newer version of this program. Update the program.`,
  catalog_unfinished: ({ url }) => `The catalogue ${url} was being filled by "videocentral migrar", which did not end. Run the same order again.`,
  catalog_not_empty: ({ url }) => `The catalogue ${url} is not empty, and nothing was copied into it. Choose an empty database.`,
  catalog_differs: ({ url, table }) => `The copy in ${url} is not equal to the original (table ${table}). Stop the central that writes to it and run the same order again.`,
  backup_elsewhere: ({ url, program }) => `The catalogue ${url} is backed up by its own program: ${program}.`,
  backup_exists: ({ path }) => `${path} already exists and is left alone. Choose another file for the backup.`,
  timed_out: ({ what, afterMs }) => `${what}: no answer in ${seconds(afterMs)} s. Try again.`,
  cancelled: () => 'Cancelled.',
  internal: ({ reason }) => `Internal error: ${reason}. --nivel debug shows the details.`,
};

function seconds(ms: number): string {
  return (ms / 1000).toLocaleString('en', { maximumFractionDigits: 1 });
}
