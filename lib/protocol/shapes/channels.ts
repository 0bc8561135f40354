import * as z from 'zod';
import { limits } from '../limits.ts';
import { announcedName, timeMs } from './basics.ts';

/** Live channels, as those say who broadcast them. */

const port = z.int().min(1).max(65_535);
const facts = {
  /** Of the film. */
  name: announcedName,
  channel: z.int().min(0).max(limits.liveChannelMax),
  /** Of the old protocol. */
  port,
  relayPort: port,
  viewers: z.int().min(0).max(1_000_000),
  /** The public key that its blocks are signed with: Ed25519, base64url. */
  stream: z.string().regex(/^[\w-]{43}$/),
};

export const channelAnnouncement = z.object({
  /** Made by the broadcaster at each start: whoever has it speaks for the channel. */
  lease: z.uuid(),
  ...facts,
  /** Left out: the address that the central sees. */
  host: z.union([z.ipv4(), z.ipv6()]).optional(),
});

export const channelId = z.string().regex(/^[0-9a-f]{16}$/);
export const channelOnAir = z.object({ id: channelId, ...facts, host: z.string().max(limits.peerAddressMaxLength), sinceMs: timeMs });
