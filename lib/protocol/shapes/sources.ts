import * as z from 'zod';
import { limits } from '../limits.ts';
import { nodeNumber, readToken } from './basics.ts';

/** Whom a file can be asked of. */

export const badParts = z.array(z.int().min(0)).max(limits.badPartsListed);

export const sourceAddress = z.object({
  node: nodeNumber,
  url: z.url({ protocol: /^https?$/ }),
  /** To show the node with each request; absent where none is asked for. It changes now and then, and then the new one is to be used. */
  token: readToken.optional(),
  /** Parts of the file that this source is known not to have right; whoever needs them asks others. */
  badParts: badParts.optional(),
});

/** Nobody believes what it gives. */
export const peerAddress = z.object({
  /** `IP:PORT`, an IPv6 address between brackets. */
  address: z.string().max(64).regex(/^(?:[\d.]+|\[[\d:a-f.]+\]):\d{1,5}$/),
  token: readToken.optional(),
});
