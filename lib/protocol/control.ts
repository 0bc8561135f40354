import { oc, type ContractRouterClient, type InferContractRouterInputs, type InferContractRouterOutputs } from '@orpc/contract';
import * as z from 'zod';
import { NODE_STATES } from '../domain/failure-detector.ts';
import { FILE_NAME_MAX_BYTES, isFileName } from '../domain/file.ts';
import { PEER_PROBLEMS } from '../domain/peer-inspection.ts';
import { RESOLUTIONS, SERIES_KEYS } from '../domain/time-series.ts';
import { wireErrors } from './errors.ts';
import { limits } from './limits.ts';
import { publicTokenKey } from './token.ts';

/**
 * The control plane: every operation that the central answers, what goes in and what comes out. The same contract
 * gives the central its handlers' types and validation, programs their client, and everybody else `/openapi.json`.
 */

const nodeNumber = z.int().min(1);
/** It stands in the path, as text. */
const pathNumber = z.coerce.number<number>().int().min(1);
const fileId = z.string().regex(/^[0-9a-f]{64}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** As a secondary found it; what cannot be in the catalogue is left out of it. */
const announcedName = z.string().min(1).max(FILE_NAME_MAX_BYTES);
/** Whoever is told such a name makes a file of it. */
const fileName = announcedName.refine(isFileName, 'no file name');
/** No database keeps a NUL as it is. */
const withoutNul = [(text: string) => !text.includes('\0'), 'it has a NUL'] as const;
/** What somebody looks for, or would like to call something. */
const askedName = z.string().max(limits.askedNameMaxLength).refine(...withoutNul);
const bytes = z.int().min(0);
const timeMs = z.int().min(0);
const revision = z.int().min(0);
const clientName = z.string().trim().min(1).max(limits.clientNameMaxLength);
const pageQuery = {
  after: z.string().optional(),
  limit: z.coerce.number<number>().int().min(1).max(limits.pageMaxItems).default(limits.pageDefaultItems),
};

const nodeState = z.enum(NODE_STATES);
/** What a person decided; `drained`: it drains, and no file needs it any more. */
const nodeMode = z.enum(['active', 'draining', 'drained']);
const zone = z.string().trim().min(1).max(limits.zoneMaxLength);

/** As it comes over the wire; `parseManifest` looks at what it says. */
export const manifest = z.object({
  id: fileId,
  name: fileName,
  sizeBytes: bytes,
  partSizeBytes: bytes,
  partHashes: z.array(sha256),
  sha256,
  createdAtMs: timeMs,
  /** Base64 of 20 and of 32 bytes a part: `Manifest.pieces`. */
  pieces: z.object({ sha1: z.string(), sha256Layer: z.string() }).optional(),
});

const media = {
  contentType: z.string().max(limits.contentTypeMaxLength).optional(),
  durationMs: z.int().min(0).optional(),
  width: z.int().min(0).optional(),
  height: z.int().min(0).optional(),
};
const description = {
  title: z.string().trim().min(1).max(limits.titleMaxLength).refine(...withoutNul).optional(),
  description: z.string().trim().min(1).max(limits.descriptionMaxLength).refine(...withoutNul).optional(),
};

const newDescription = {
  title: z.string().trim().max(limits.titleMaxLength).refine(...withoutNul).optional(),
  description: z.string().trim().max(limits.descriptionMaxLength).refine(...withoutNul).optional(),
};

const video = z.object({
  name: fileName,
  id: fileId,
  sizeBytes: bytes,
  addedAtMs: timeMs,
  /** Every node that announced a replica. */
  nodes: z.array(nodeNumber),
  /** Those of them that can be asked now. */
  available: z.array(nodeNumber),
  ...media,
  ...description,
});

const videoPage = z.object({ items: z.array(video), next: z.string().optional() });

const trashedVideo = z.object({
  /** Tells removals of one name apart. */
  trashId: z.int().min(1),
  name: fileName,
  id: fileId,
  sizeBytes: bytes,
  addedAtMs: timeMs,
  removedAtMs: timeMs,
  /** Until then it can be restored. */
  expiresAtMs: timeMs,
});

const badParts = z.array(z.int().min(0)).max(limits.badPartsListed);

const readToken = z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/).max(limits.tokenMaxLength);

const sourceAddress = z.object({
  node: nodeNumber,
  url: z.url({ protocol: /^https?$/ }),
  /** To show the node with each request; absent where none is asked for. It changes now and then, and then the new one is to be used. */
  token: readToken.optional(),
  /** Parts of the file that this source is known not to have right; whoever needs them asks others. */
  badParts: badParts.optional(),
});

/** Nobody believes what it gives. */
const peerAddress = z.object({
  /** `IP:PORT`, an IPv6 address between brackets. */
  address: z.string().max(64).regex(/^(?:[\d.]+|\[[\d:a-f.]+\]):\d{1,5}$/),
  token: readToken.optional(),
});

const node = z.object({
  number: nodeNumber,
  url: z.string(),
  state: nodeState,
  mode: nodeMode,
  zone: zone.optional(),
  /** Milliseconds since its last heartbeat; absent when this central has not heard it. */
  silentMs: z.number().min(0).optional(),
  freeBytes: bytes,
  totalBytes: bytes,
  files: z.int().min(0),
  activeRequests: z.int().min(0),
  copying: z.array(announcedName),
});

const heartbeat = z.object({
  number: pathNumber,
  identity: z.uuid(),
  version: z.string(),
  /** Where clients reach it, when it is not the address that the central sees. */
  host: z.string().min(1).max(255).optional(),
  port: z.int().min(1).max(65_535),
  /** Its data plane is HTTPS. */
  isTls: z.boolean().optional(),
  /** It asks for a token with each request for a file. */
  isGuarded: z.boolean().optional(),
  freeBytes: bytes,
  totalBytes: bytes,
  files: z.int().min(0),
  activeRequests: z.int().min(0),
  /** What is lost together with it: two replicas of a file are not put there while another zone has room. */
  zone: zone.optional(),
  inventory: z.object({
    inventoryId: z.uuid(),
    fromRevision: revision,
    toRevision: revision,
    isComplete: z.boolean(),
    added: z.array(z.object({ name: announcedName, id: fileId, sizeBytes: bytes })).max(limits.inventorySliceMaxFiles),
    removed: z.array(announcedName).max(limits.inventorySliceMaxFiles),
  }),
  copying: z.array(z.object({ id: fileId, name: announcedName, doneBytes: bytes, sizeBytes: bytes })).max(100),
  /** Files that somebody is sending to it. */
  receiving: z.array(z.object({ uploadId: z.string(), doneBytes: bytes, sizeBytes: bytes.optional() })).max(limits.uploadsPerNode).default([]),
  /** Whether every file of its folder was read, or tried in vain; absent means yes. */
  isAllRead: z.boolean().optional(),
  /** Orders of the last answer about its trash, which the inventory does not show: carried out, or nothing was there. */
  obeyed: z.array(z.object({ type: z.enum(['restore', 'drop']), id: fileId, name: fileName })).max(limits.replicaOrdersPerHeartbeat).optional(),
  /** Replicas with bad parts, all of them each time: none of them is in the inventory, and their good parts are still served. */
  damaged: z.array(z.object({ id: fileId, name: announcedName, badParts: badParts.min(1) })).max(limits.damagedReplicasListed).optional(),
  /** What came of ordered verifications, repeated until a heartbeat is answered. No bad parts: it is as it should be. */
  verified: z.array(z.object({ id: fileId, name: announcedName, badParts })).max(limits.verificationsListed).optional(),
  /** Other nodes that gave this one wrong bytes of a file that it copies. */
  complaints: z.array(z.object({ id: fileId, node: nodeNumber })).max(limits.complaintsListed).optional(),
});

/** The replica that an order is about: where its name stands for other bytes by then, the order is void. */
const replica = { id: fileId, name: fileName };

/** What a secondary is to do. The central repeats what it still wants, so that one that cannot be carried out now is left. */
const order = z.discriminatedUnion('type', [
  z.object({ type: z.literal('copy'), ...replica, sizeBytes: bytes, sources: z.array(sourceAddress).min(1) }),
  /** Read the replica and compare it with its manifest. */
  z.object({ type: z.literal('verify'), ...replica }),
  /** Put the replica into the node's trash, from where `restore` takes it back. */
  z.object({ type: z.literal('trash'), ...replica }),
  z.object({ type: z.literal('restore'), ...replica }),
  z.object({ type: z.literal('rename'), ...replica, to: fileName }),
  /** Free its bytes: a surplus one's in the folder, a removed one's in the trash and only there. */
  z.object({ type: z.literal('drop'), ...replica, reason: z.enum(['surplus', 'removed']) }),
]);

/** Files that would have too few replicas without the node, as far as they were counted. */
const nodeDecision = z.object({ number: nodeNumber, files: z.int().min(0) });

const heartbeatAnswer = z.object({
  /** Revision of the inventory that the central holds now; 0 asks for the whole inventory again. */
  revision,
  wantedManifests: z.array(fileId),
  orders: z.array(order),
  /** What tokens are verified with: Ed25519, 32 bytes in base64url. Those that are no longer here hold no more. */
  tokenKeys: z.array(publicTokenKey).optional(),
  /** What all its copies together may take a second; absent where they may take all there is. */
  copyBytesPerSecond: z.int().min(1).optional(),
  /** When the next heartbeat is expected; sooner when the central waits for more of the inventory. */
  nextInMs: z.int().min(0),
});

const explanation = z.object({
  name: fileName,
  id: fileId,
  sizeBytes: bytes,
  wanted: z.int().min(1),
  /** Those that count: on nodes that do not drain, and are up or may be back soon. */
  replicas: z.int().min(0),
  verdict: z.enum(['whole', 'surplus', 'copying', 'queued', 'waiting', 'blocked', 'no_source']),
  /** When its copies will be done, estimated. */
  wholeInMs: z.number().min(0).optional(),
  holders: z.array(
    z.object({
      node: nodeNumber,
      state: nodeState,
      mode: z.enum(['active', 'draining', 'gone']),
      zone: zone.optional(),
      counts: z.boolean(),
      /** Of a silent node that still counts: for how long. */
      graceLeftMs: z.number().min(0).optional(),
      isDropping: z.boolean(),
    }),
  ),
  /** Who was told to copy it; without `doneBytes` it has not begun. */
  copies: z.array(z.object({ node: nodeNumber, doneBytes: bytes.optional(), leftMs: z.number().min(0).optional() })),
  /** The other nodes, and why they do not copy it; without an obstacle one is not needed, or next. */
  others: z.array(
    z.object({
      node: nodeNumber,
      obstacle: z.enum(['joining', 'suspect', 'down', 'draining', 'no_room', 'refused', 'busy', 'same_zone']).optional(),
      freeBytes: bytes,
    }),
  ),
});

const problem = z.object({
  node: nodeNumber,
  kind: z.enum(['corrupt', 'unreachable', 'stalled', 'protocol']),
  part: z.int().min(0).optional(),
});

const ticket = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), ticketId: z.uuid(), position: z.int().min(1), leaseMs: timeMs, pollMs: timeMs }),
  z.object({
    state: z.literal('granted'),
    ticketId: z.uuid(),
    id: fileId,
    name: fileName,
    sizeBytes: bytes,
    sources: z.array(sourceAddress),
    /** Other clients that have the file, or parts of it; a few of them, the least recently offered first. */
    peers: z.array(peerAddress).max(limits.peersPerDownload).optional(),
    leaseMs: timeMs,
    pollMs: timeMs,
  }),
]);

const listedDownload = { client: clientName, name: fileName, waitedMs: z.number().min(0) };

const activity = z.object({
  repairs: z.object({
    /** Files with too few replicas, counted to `limits.lackingCounted`. */
    files: z.int().min(0),
    /** All copies that were ordered; `copies` are the first of them, those that run before the others. */
    ordered: z.int().min(0),
    copies: z
      .array(
        z.object({
          id: fileId,
          name: fileName,
          sizeBytes: bytes,
          /** Those that have it. */
          from: z.array(nodeNumber),
          to: nodeNumber,
          /** Absent until it begins. */
          doneBytes: bytes.optional(),
          bytesPerSecond: z.number().min(0).optional(),
          /** Estimated. */
          leftMs: z.number().min(0).optional(),
        }),
      )
      .max(limits.activityListed),
  }),
  downloads: z.object({
    running: z.int().min(0),
    waiting: z.int().min(0),
    /** The first of each, in order of arrival. */
    granted: z.array(z.object({ ...listedDownload, runningMs: z.number().min(0), doneBytes: bytes, sizeBytes: bytes })).max(limits.activityListed),
    line: z.array(z.object({ ...listedDownload, position: z.int().min(1) })).max(limits.activityListed),
  }),
});

const uploadProgress = {
  /** Verified replicas on nodes that are up. */
  replicas: z.int().min(0),
  /** With so many it is promised that the file will be kept. */
  needed: z.int().min(1),
  wanted: z.int().min(1),
};
const uploadState = z.object({ state: z.enum(['storing', 'stored']), ...uploadProgress });
const uploadAnswer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('send'), uploadId: z.string(), node: nodeNumber, url: z.url({ protocol: /^https?$/ }), token: z.string().optional(), replaces: fileId.optional() }),
  uploadState,
]);

const peerFile = z.object({ name: fileName, id: fileId.optional(), sizeBytes: bytes.optional() });
const peerFiles = z.array(peerFile).max(limits.peerFilesPerRequest);
const peerJoin = z.object({
  /** Left out, or 0.0.0.0: the address that the central sees. */
  ip: z.union([z.ipv4(), z.ipv6()]).optional(),
  port: z.int().min(1).max(65_535),
  /** Made by the peer, which answers with it where it is. */
  identity: z.uuid(),
  /** It asks for a token with each request for a file, where the central tells what those are verified with. */
  isGuarded: z.boolean().optional(),
  files: peerFiles,
});
const peerUpdate = z.object({ peer: z.uuid(), added: peerFiles.default([]), removed: z.array(announcedName).max(limits.peerFilesPerRequest).default([]) });
/** `peer`: who asks, when it is one. */
const peerSearch = z.object({ name: announcedName, peer: z.uuid().optional() });
/** `token`: to show the peer with each request for this file; absent where none is asked for. */
const peerOffer = z.object({ address: z.string(), id: fileId.optional(), sizeBytes: bytes.optional(), token: readToken.optional() });
const peerReport = z.object({
  /** As it was offered, `IP:PORT`. */
  address: z.string().min(3).max(limits.peerAddressMaxLength),
  name: announcedName,
  /** What was expected under the name. */
  id: fileId.optional(),
  kind: z.enum(PEER_PROBLEMS),
  part: z.int().min(0).optional(),
});
const peerAnswer = {
  leaseMs: timeMs,
  /** Whether the peer answered at its address, and so is offered to others. */
  isReachable: z.boolean(),
  /** Where only readers may read: what their tokens are verified with, as heartbeats are told. */
  tokenKeys: z.array(publicTokenKey).optional(),
};

const outcome = z.enum(['done', 'failed', 'cancelled']);

const counts = z.record(z.string(), z.int().min(0));

/** What one secondary gave to a download. */
const givenByNode = z.object({
  node: nodeNumber,
  bytes,
  /** Requests that ended in an error or in silence. */
  failures: z.int().min(0),
  /** Parts it was asked for that another source had to give. */
  reassignedParts: z.int().min(0),
  hashFailures: z.int().min(0),
});

/** Sums over years, which may be too large to be exact. */
const total = z.number().min(0);
const sums = <K extends string>(...keys: readonly K[]) => Object.fromEntries(keys.map(key => [key, total])) as Record<K, typeof total>;

const resolution = z.enum(RESOLUTIONS);

/** It stands in the path as it is typed. */
const topicName = z.string().max(limits.topicMaxLength).regex(/^[\p{L}\p{N}][\p{L}\p{N}._:@-]*$/u);
const topicKey = z.string().min(1).max(limits.topicKeyMaxLength).regex(/^\P{C}+$/u);
const registeredNumber = z.object({ key: topicKey, value: z.number() });
const topic = z.object({
  topic: z.string(),
  entries: z.array(z.object({ key: z.string(), count: z.int().min(1), sum: z.number(), min: z.number(), max: z.number(), last: z.number(), lastAtMs: timeMs })),
});

/** Errors that any operation may answer with; `data` holds the facts of `lib/base/errors.ts`. */
const base = oc.errors(wireErrors);

export const controlContract = {
  health: base
    .route({ method: 'GET', path: '/health', summary: 'Whether the central is alive, and what it knows' })
    .output(
      z.object({
        status: z.literal('ok'),
        version: z.string(),
        protocol: z.int(),
        uptimeMs: timeMs,
        videos: z.int().min(0),
        bytes,
        nodes: z.int().min(0),
      }),
    ),
  ready: base
    .route({ method: 'GET', path: '/ready', summary: 'Whether the central can answer what it is asked: its catalogue does' })
    .output(z.object({ status: z.literal('ready') })),
  videos: {
    list: base
      .route({ method: 'GET', path: '/videos', summary: 'The catalogue, in order of name, or the newest or the largest first' })
      .input(z.object({ ...pageQuery, order: z.enum(['name', 'date', 'size']).optional() }))
      .output(videoPage),
    search: base
      .route({ method: 'GET', path: '/search', summary: 'Videos whose name or title contains each word of q, without accents or case' })
      .input(z.object({ q: z.string().max(limits.searchTextMaxLength), ...pageQuery }))
      .output(videoPage),
    find: base
      .route({ method: 'GET', path: '/video', summary: 'One video, by id or by name' })
      .input(z.object({ id: fileId.optional(), name: askedName.optional() }))
      .output(video),
    explain: base
      .route({ method: 'GET', path: '/video/explain', summary: 'Why a video has the replicas that it has, and when it will have all' })
      .input(z.object({ name: askedName }))
      .output(explanation),
    describe: base
      .route({ method: 'PATCH', path: '/video', summary: 'Title and description of a content; an empty one is taken away, and what is not given stays' })
      .input(z.object({ id: fileId, ...newDescription }))
      .output(video),
    remove: base
      .route({ method: 'DELETE', path: '/video', inputStructure: 'detailed', summary: 'To the trash: a name, or every name of an id' })
      .input(z.object({ query: z.object({ id: fileId.optional(), name: askedName.optional() }) }))
      .output(z.object({ removed: z.array(trashedVideo) })),
    restore: base
      .route({ method: 'POST', path: '/video/restore', summary: 'Out of the trash: the last removal of a name, or one by its trash id; under another name with as' })
      .input(z.object({ name: askedName.optional(), trashId: z.int().min(1).optional(), as: askedName.optional() }))
      .output(video),
    rename: base
      .route({ method: 'POST', path: '/video/rename', summary: 'Another name for a video' })
      .input(z.object({ name: askedName, to: askedName }))
      .output(video),
  },
  trash: {
    list: base
      .route({ method: 'GET', path: '/trash', summary: 'Removed videos that can be restored, the last removed first' })
      .input(z.object(pageQuery))
      .output(z.object({ items: z.array(trashedVideo), next: z.string().optional() })),
  },
  manifests: {
    get: base
      .route({ method: 'GET', path: '/manifests/{id}', summary: 'Parts of a file and their hashes' })
      .input(z.object({ id: fileId }))
      .output(manifest),
    put: base
      .route({ method: 'PUT', path: '/manifests/{id}', summary: 'A secondary describes a file that it announced' })
      .input(manifest.extend({ media: z.object(media).optional() }))
      .output(z.object({ id: fileId })),
  },
  nodes: {
    list: base
      .route({ method: 'GET', path: '/nodes', summary: 'Secondaries and their state' })
      .output(z.object({ nodes: z.array(node), replicas: z.int().min(1), conflicts: z.array(z.object({ name: fileName, keptId: fileId, otherId: fileId, nodes: z.array(nodeNumber) })) })),
    heartbeat: base
      .route({ method: 'POST', path: '/nodes/{number}/heartbeat', summary: 'A secondary is alive; the answer carries orders' })
      .input(heartbeat)
      .output(heartbeatAnswer),
    drain: base
      .route({ method: 'POST', path: '/nodes/{number}/drain', summary: 'Copy elsewhere what a secondary holds, and give it nothing more' })
      .input(z.object({ number: pathNumber }))
      .output(nodeDecision),
    retire: base
      .route({ method: 'POST', path: '/nodes/{number}/retire', summary: 'Forget a secondary that no file needs' })
      .input(z.object({ number: pathNumber }))
      .output(nodeDecision),
    reactivate: base
      .route({ method: 'POST', path: '/nodes/{number}/reactivate', summary: 'Take back a secondary that drains or was retired' })
      .input(z.object({ number: pathNumber }))
      .output(nodeDecision),
  },
  clients: {
    register: base
      .route({ method: 'POST', path: '/clients', summary: 'A client says its name' })
      .input(z.object({ name: clientName }))
      .output(z.object({ name: clientName, downloads: z.int().min(0) })),
  },
  tickets: {
    open: base
      .route({ method: 'POST', path: '/tickets', summary: 'Ask to download a video' })
      .input(
        z.object({
          client: clientName,
          name: askedName.min(1),
          /** The ticket that a restarted central no longer knows: a download that was already running goes on at once. */
          resumes: z.uuid().optional(),
        }),
      )
      .output(ticket),
    progress: base
      .route({ method: 'POST', path: '/tickets/{ticketId}/progress', summary: 'Renew the lease; learn the place in line or the sources of now' })
      .input(z.object({ ticketId: z.uuid(), doneBytes: bytes, problems: z.array(problem).max(100) }))
      .output(ticket),
    close: base
      .route({ method: 'POST', path: '/tickets/{ticketId}/close', summary: 'The download ended' })
      .input(z.object({ ticketId: z.uuid(), outcome, elapsedMs: z.number().min(0), receivedBytes: bytes, sources: z.array(givenByNode).max(limits.sourcesReported).optional() }))
      .output(z.object({ ticketId: z.uuid() })),
  },
  uploads: {
    open: base
      .route({ method: 'POST', path: '/uploads', summary: 'Where to send a file (tus 1.0.0), unless it is here already' })
      .input(z.object({ id: fileId, name: fileName, sizeBytes: bytes, replace: z.boolean().optional(), ...description }))
      .output(uploadAnswer),
    replace: base
      .route({ method: 'POST', path: '/uploads/{id}/replace', summary: 'A secondary has a whole file: what had its name goes to the trash' })
      .input(z.object({ id: fileId, name: fileName, replaces: fileId }))
      .output(z.object({ id: fileId })),
    find: base
      .route({ method: 'GET', path: '/uploads/{id}', summary: 'Whether a file that was sent is safe' })
      .input(z.object({ id: fileId, name: fileName }))
      .output(uploadState),
  },
  peers: {
    join: base
      .route({ method: 'POST', path: '/peers', summary: 'A client serves what it has: where it is, and the first of its files' })
      .input(peerJoin)
      .output(z.object({ peer: z.uuid(), address: z.string(), ...peerAnswer })),
    update: base
      .route({ method: 'POST', path: '/peers/{peer}', summary: 'Renew the lease of a peer; files that came and went' })
      .input(peerUpdate)
      .output(z.object(peerAnswer)),
    leave: base
      .route({ method: 'DELETE', path: '/peers/{peer}', summary: 'A peer goes, and is no longer offered' })
      .input(z.object({ peer: z.uuid() }))
      .output(z.object({})),
    search: base
      .route({ method: 'GET', path: '/peers', summary: 'Peers that have a file of that very name, the least recently offered first' })
      .input(peerSearch)
      .output(z.object({ peers: z.array(peerOffer).max(limits.peersPerSearch) })),
    report: base
      .route({ method: 'POST', path: '/peers/reports', summary: 'A peer gave wrong parts, or none: the central looks for itself, and offers it no more if so' })
      .input(peerReport)
      .output(z.object({ isLookedInto: z.boolean() })),
  },
  activity: {
    get: base
      .route({ method: 'GET', path: '/activity', summary: 'What goes on now: copies that are being made, downloads that run, and who waits' })
      .output(activity),
  },
  statistics: {
    get: base
      .route({ method: 'GET', path: '/statistics', summary: 'Finished downloads by video and by client, what each secondary gave, and the sums' })
      .output(
        z.object({
          videos: counts,
          clientes: counts,
          byNode: z.record(z.string(), z.object(sums('downloads', 'bytes', 'failures', 'hashFailures', 'reassignedParts'))),
          totals: z.object(sums('downloads', 'failed', 'cancelled', 'expired', 'receivedBytes', 'waitedMs', 'failures', 'hashFailures', 'reassignedParts')),
        }),
      ),
    series: base
      .route({ method: 'GET', path: '/statistics/series', summary: 'What came and how downloads ended, over time; stretches without anything are left out' })
      .input(z.object({ resolution: resolution.default('minute'), sinceMs: z.coerce.number<number>().int().min(0).optional() }))
      .output(
        z.object({
          resolution,
          slotMs: timeMs,
          /** Now, at the central. */
          untilMs: timeMs,
          slots: z.array(z.object({ startsAtMs: timeMs, ...sums(...SERIES_KEYS) })),
        }),
      ),
    topics: {
      list: base
        .route({ method: 'GET', path: '/statistics/topics', summary: 'Topics under which numbers were registered' })
        .output(z.object({ topics: z.array(z.object({ topic: z.string(), keys: z.int().min(0), lastAtMs: timeMs })) })),
      register: base
        .route({ method: 'POST', path: '/statistics/topics/{topic}', summary: 'Register a number under a key of a topic, or several; all of them or none' })
        .input(
          z
            .object({ topic: topicName, key: topicKey.optional(), value: z.number().optional(), numbers: z.array(registeredNumber).min(1).max(limits.numbersPerRequest).optional() })
            .refine(({ key, value, numbers }) => (numbers === undefined ? key !== undefined && value !== undefined : key === undefined && value === undefined), 'either key and value, or numbers'),
        )
        .output(topic),
      get: base
        .route({ method: 'GET', path: '/statistics/topics/{topic}', summary: 'What was registered under a topic: count, sum, extremes and last number of each key' })
        .input(z.object({ topic: topicName }))
        .output(topic),
      reset: base
        .route({ method: 'DELETE', path: '/statistics/topics/{topic}', summary: 'Forget a topic; the answer is what it was' })
        .input(z.object({ topic: topicName }))
        .output(topic),
    },
  },
};

export type ControlContract = typeof controlContract;
export type ControlClient = ContractRouterClient<ControlContract>;
type Inputs = InferContractRouterInputs<ControlContract>;
type Outputs = InferContractRouterOutputs<ControlContract>;

export type Heartbeat = Inputs['nodes']['heartbeat'];
export type HeartbeatAnswer = Outputs['nodes']['heartbeat'];
export type Order = HeartbeatAnswer['orders'][number];
export type Ticket = Outputs['tickets']['open'];
export type UploadAnswer = Outputs['uploads']['open'];
export type UploadState = Outputs['uploads']['find'];
/** As the central takes it, defaults filled in. */
export type PeerJoin = z.output<typeof peerJoin>;
export type PeerUpdate = z.output<typeof peerUpdate>;
export type PeerSearch = z.output<typeof peerSearch>;
export type PeerReport = z.output<typeof peerReport>;
export type PeerAnswer = Outputs['peers']['update'];
export type SourceAddress = z.output<typeof sourceAddress>;
export type PeerAddress = z.output<typeof peerAddress>;
export type DamagedReplica = NonNullable<Heartbeat['damaged']>[number];
export type VerifiedReplica = NonNullable<Heartbeat['verified']>[number];
export type SourceProblem = z.output<typeof problem>;
export type GivenByNode = z.output<typeof givenByNode>;
export type ListedNode = z.output<typeof node>;
export type Activity = Outputs['activity']['get'];
export type ListedVideo = z.output<typeof video>;
export type TrashedVideo = z.output<typeof trashedVideo>;
