import * as z from 'zod';
import { PEER_PROBLEMS } from '../../domain/peer-inspection.ts';
import { limits } from '../limits.ts';
import { publicTokenKey } from '../token.ts';
import { announcedName, bytes, fileId, fileName, readToken, timeMs } from './basics.ts';

/** Clients that serve what they have. */

const peerFile = z.object({ name: fileName, id: fileId.optional(), sizeBytes: bytes.optional() });
const peerFiles = z.array(peerFile).max(limits.peerFilesPerRequest);

export const peerJoin = z.object({
  /** Left out, or 0.0.0.0: the address that the central sees. */
  ip: z.union([z.ipv4(), z.ipv6()]).optional(),
  port: z.int().min(1).max(65_535),
  /** Made by the peer, which answers with it where it is. */
  identity: z.uuid(),
  /** It asks for a token with each request for a file, where the central tells what those are verified with. */
  isGuarded: z.boolean().optional(),
  files: peerFiles,
});

export const peerUpdate = z.object({ peer: z.uuid(), added: peerFiles.default([]), removed: z.array(announcedName).max(limits.peerFilesPerRequest).default([]) });
/** `peer`: who asks, when it is one. */
export const peerSearch = z.object({ name: announcedName, peer: z.uuid().optional() });
/** `token`: to show the peer with each request for this file; absent where none is asked for. */
export const peerOffer = z.object({ address: z.string(), id: fileId.optional(), sizeBytes: bytes.optional(), token: readToken.optional() });

export const peerReport = z.object({
  /** As it was offered, `IP:PORT`. */
  address: z.string().min(3).max(limits.peerAddressMaxLength),
  name: announcedName,
  /** What was expected under the name. */
  id: fileId.optional(),
  kind: z.enum(PEER_PROBLEMS),
  part: z.int().min(0).optional(),
});

export const peerAnswer = {
  leaseMs: timeMs,
  /** Whether the peer answered at its address, and so is offered to others. */
  isReachable: z.boolean(),
  /** Where only readers may read: what their tokens are verified with, as heartbeats are told. */
  tokenKeys: z.array(publicTokenKey).optional(),
};
