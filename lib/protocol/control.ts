import { oc, type ContractRouterClient, type InferContractRouterInputs, type InferContractRouterOutputs } from '@orpc/contract';
import * as z from 'zod';
import { FILE_NAME_MAX_BYTES, isFileName } from '../domain/file.ts';
import { wireErrors } from './errors.ts';
import { limits } from './limits.ts';

/**
 * The control plane: every operation that the central answers, what goes in and what comes out. The same contract
 * gives the central its handlers' types and validation, programs their client, and everybody else `/openapi.json`.
 */

const nodeNumber = z.int().min(1);
const fileId = z.string().regex(/^[0-9a-f]{64}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** As a secondary found it; what cannot be in the catalogue is left out of it. */
const announcedName = z.string().min(1).max(FILE_NAME_MAX_BYTES);
/** Whoever is told such a name makes a file of it. */
const fileName = announcedName.refine(isFileName, 'no file name');
const bytes = z.int().min(0);
const timeMs = z.int().min(0);
const revision = z.int().min(0);
const clientName = z.string().trim().min(1).max(limits.clientNameMaxLength);
const pageQuery = {
  after: z.string().optional(),
  limit: z.coerce.number<number>().int().min(1).max(limits.pageMaxItems).default(limits.pageDefaultItems),
};

const nodeState = z.enum(['joining', 'up', 'suspect', 'down']);

const manifest = z.object({
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

const video = z.object({
  name: fileName,
  id: fileId,
  sizeBytes: bytes,
  addedAtMs: timeMs,
  /** Every node that announced a replica. */
  nodes: z.array(nodeNumber),
  /** Those of them that can be asked now. */
  available: z.array(nodeNumber),
});

const videoPage = z.object({ items: z.array(video), next: z.string().optional() });

const badParts = z.array(z.int().min(0)).max(limits.badPartsListed);

const sourceAddress = z.object({
  node: nodeNumber,
  url: z.url({ protocol: /^https?$/ }),
  /** Parts of the file that this source is known not to have right; whoever needs them asks others. */
  badParts: badParts.optional(),
});

const node = z.object({
  number: nodeNumber,
  url: z.string(),
  state: nodeState,
  /** Milliseconds since its last heartbeat; absent when this central has not heard it. */
  silentMs: z.number().min(0).optional(),
  freeBytes: bytes,
  totalBytes: bytes,
  files: z.int().min(0),
  activeRequests: z.int().min(0),
  copying: z.array(announcedName),
});

const heartbeat = z.object({
  // It stands in the path, as text.
  number: z.coerce.number<number>().int().min(1),
  identity: z.uuid(),
  version: z.string(),
  /** Where clients reach it, when it is not the address that the central sees. */
  host: z.string().min(1).max(255).optional(),
  port: z.int().min(1).max(65_535),
  freeBytes: bytes,
  totalBytes: bytes,
  files: z.int().min(0),
  activeRequests: z.int().min(0),
  inventory: z.object({
    inventoryId: z.uuid(),
    fromRevision: revision,
    toRevision: revision,
    isComplete: z.boolean(),
    added: z.array(z.object({ name: announcedName, id: fileId, sizeBytes: bytes })).max(limits.inventorySliceMaxFiles),
    removed: z.array(announcedName).max(limits.inventorySliceMaxFiles),
  }),
  copying: z.array(z.object({ id: fileId, name: announcedName, doneBytes: bytes, sizeBytes: bytes })).max(100),
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
  /** Free its bytes, in the folder or in the trash. */
  z.object({ type: z.literal('drop'), ...replica, reason: z.enum(['surplus', 'removed']) }),
]);

const heartbeatAnswer = z.object({
  /** Revision of the inventory that the central holds now; 0 asks for the whole inventory again. */
  revision,
  wantedManifests: z.array(fileId),
  orders: z.array(order),
  /** When the next heartbeat is expected; sooner when the central waits for more of the inventory. */
  nextInMs: z.int().min(0),
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
    leaseMs: timeMs,
    pollMs: timeMs,
  }),
]);

const outcome = z.enum(['done', 'failed', 'cancelled']);

const counts = z.record(z.string(), z.int().min(0));

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
  videos: {
    list: base
      .route({ method: 'GET', path: '/videos', summary: 'The catalogue, in order of name' })
      .input(z.object(pageQuery))
      .output(videoPage),
    search: base
      .route({ method: 'GET', path: '/search', summary: 'Names that contain every word of q, without accents or case' })
      .input(z.object({ q: z.string().max(limits.searchTextMaxLength), ...pageQuery }))
      .output(videoPage),
    find: base
      .route({ method: 'GET', path: '/video', summary: 'One video, by id or by name' })
      .input(z.object({ id: fileId.optional(), name: z.string().optional() }))
      .output(video),
  },
  manifests: {
    get: base
      .route({ method: 'GET', path: '/manifests/{id}', summary: 'Parts of a file and their hashes' })
      .input(z.object({ id: fileId }))
      .output(manifest),
    put: base
      .route({ method: 'PUT', path: '/manifests/{id}', summary: 'A secondary describes a file that it announced' })
      .input(manifest)
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
          name: z.string().min(1),
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
      .input(z.object({ ticketId: z.uuid(), outcome, elapsedMs: z.number().min(0), receivedBytes: bytes }))
      .output(z.object({ ticketId: z.uuid() })),
  },
  statistics: {
    get: base
      .route({ method: 'GET', path: '/statistics', summary: 'Finished downloads by video and by client' })
      .output(z.object({ videos: counts, clientes: counts })),
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
export type SourceAddress = z.output<typeof sourceAddress>;
export type DamagedReplica = NonNullable<Heartbeat['damaged']>[number];
export type VerifiedReplica = NonNullable<Heartbeat['verified']>[number];
export type SourceProblem = z.output<typeof problem>;
export type ListedVideo = z.output<typeof video>;
