import * as z from 'zod';
import { limits } from '../limits.ts';
import { publicTokenKey } from '../token.ts';
import { announcedName, bytes, fileId, fileName, nodeNumber, pathNumber } from './basics.ts';
import { zone } from './nodes.ts';
import { badParts, sourceAddress } from './sources.ts';

/** What a secondary tells of itself, and what it is told to do. */

const revision = z.int().min(0);

export const heartbeat = z.object({
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

export const heartbeatAnswer = z.object({
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
