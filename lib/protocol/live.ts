import * as z from 'zod';
import { VideoError } from '../base/errors.ts';
import { LOSSES, type RelayMessage } from '../domain/live/relay-messages.ts';
import { SLICES } from '../domain/live/stream.ts';
import { limits } from './limits.ts';

/** Where the root of a channel's relay listens, if nothing else is said: one above the port of the old protocol. */
export const RELAY_PORT = 6061;
export const RELAY_VERSION = 1;

/**
 * The relay's protocol on one connection: frames in both directions. A frame is the length of its head and of its body, 32 bits
 * each, big endian; the head, JSON in UTF-8; the body, which only a slice has. The first frame of each side is `hello`.
 */
export const FRAME_PREFIX_BYTES = 8;

/** Who speaks to whom, and of which channel. */
export interface Hello {
  readonly type: 'hello';
  readonly version: number;
  readonly channel: number;
  readonly id: string;
  readonly to: string;
}

export type LiveMessage = Hello | RelayMessage;

const id = z.string().regex(/^[\w-]{1,64}$/);
const tree = z.int().min(0).max(SLICES - 1);
const count = z.int().min(0);
const port = z.int().min(0).max(65_535);
const contact = z.object({ id, address: z.object({ host: z.union([z.ipv4(), z.ipv6()]), port: port.min(1) }).optional() });
const block = z.object({
  stream: z.string().max(64),
  number: count,
  emittedMs: z.number().min(0),
  durationMs: z.number().min(1).max(limits.liveBlockMaxMs),
  isBeginning: z.boolean(),
  sizeBytes: z.int().min(1).max(limits.liveBlockMaxBytes),
  sliceHashes: z.array(z.string().regex(/^[\da-f]{64}$/)).length(SLICES),
  signature: z.string().max(128),
});
const stream = z.object({ id: z.string().min(1).max(64), channel: count });

const head = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: count, channel: z.int().min(0).max(9), id, to: id }),
  z.object({ type: z.literal('join'), slots: count, port }),
  z.object({ type: z.literal('report'), sent: count, slots: count }),
  z.object({ type: z.literal('lost'), tree, parent: id, why: z.enum(LOSSES), now: id.optional() }),
  z.object({ type: z.literal('leave') }),
  z.object({ type: z.literal('welcome'), stream, airMs: z.number().min(0), next: count, canRelay: z.boolean() }),
  z.object({ type: z.literal('assign'), tree, parent: contact.optional(), backups: z.array(contact).max(8) }),
  z.object({ type: z.literal('subscribe'), tree, from: count, children: count }),
  z.object({ type: z.literal('unsubscribe'), tree }),
  z.object({ type: z.literal('pull'), number: count, index: tree }),
  z.object({ type: z.literal('subscribed'), tree }),
  z.object({ type: z.literal('refused'), tree }),
  z.object({ type: z.literal('slice'), block, index: tree }),
  z.object({ type: z.literal('lacks'), number: count, index: tree }),
  z.object({ type: z.literal('alive') }),
]);

/** The bytes that announce a message, and its body, which is not copied. */
export function encodeMessage(message: LiveMessage): { readonly head: Buffer; readonly body: Uint8Array } {
  const [told, body] = message.type === 'slice' ? [{ type: message.type, block: message.slice.block, index: message.slice.index }, message.slice.bytes] : [message, EMPTY];
  const json = Buffer.from(JSON.stringify(told));
  const prefix = Buffer.alloc(FRAME_PREFIX_BYTES);
  prefix.writeUInt32BE(json.byteLength, 0);
  prefix.writeUInt32BE(body.byteLength, 4);
  return { head: Buffer.concat([prefix, json]), body };
}

/**
 * @param takesSlices whether a body is awaited at all
 * @throws VideoError `invalid_request`
 */
export function readFramePrefix(bytes: Buffer, takesSlices: boolean): { readonly headBytes: number; readonly bodyBytes: number } {
  const [headBytes, bodyBytes] = [bytes.readUInt32BE(0), bytes.readUInt32BE(4)];
  const bodyMaxBytes = takesSlices ? limits.liveBlockMaxBytes / SLICES : 0;
  if (headBytes === 0 || headBytes > limits.liveHeadMaxBytes || bodyBytes > bodyMaxBytes) throw refuse('a frame of no size that is awaited');
  return { headBytes, bodyBytes };
}

/** @throws VideoError `invalid_request` */
export function decodeMessage(json: Buffer, body: Buffer): LiveMessage {
  const read = head.safeParse(parseJson(json));
  if (!read.success) throw refuse('no message of the relay');
  const message = read.data;
  if (message.type === 'slice') return { type: 'slice', slice: { block: message.block, index: message.index, bytes: body } };
  if (body.byteLength > 0) throw refuse('a body where none belongs');
  // What is optional is absent, never undefined: JSON has no such thing.
  return message as LiveMessage;
}

const EMPTY = new Uint8Array();

function parseJson(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refuse(reason: string): VideoError {
  return new VideoError('invalid_request', { reason });
}
