import * as z from 'zod';
import type { ErrorCode, ErrorFacts } from '../base/errors.ts';
import { roles } from '../domain/roles.ts';

/** The errors that travel: their HTTP status and their facts; `docs/protocol.md` has a row for each. */
export const wireErrors = {
  invalid_request: { status: 400, data: z.object({ reason: z.string() }) },
  invalid_name: {
    status: 400,
    data: z.object({ name: z.string(), reason: z.enum(['empty', 'too_long', 'reserved', 'separator', 'control', 'hidden']) }),
  },
  invalid_manifest: { status: 400, data: z.object({ reason: z.string() }) },
  unauthorized: { status: 401, data: z.object({}) },
  role_required: { status: 403, data: z.object({ role: z.enum(roles) }) },
  forbidden: { status: 403, data: z.object({ host: z.string(), origin: z.string().optional() }) },
  not_found: { status: 404, data: z.object({ what: z.enum(['route', 'manifest', 'node', 'torrent', 'topic', 'channel']) }) },
  file_not_found: { status: 404, data: z.object({ name: z.string(), near: z.array(z.string()) }) },
  not_in_trash: { status: 404, data: z.object({ name: z.string() }) },
  ticket_not_found: { status: 404, data: z.object({ ticketId: z.string() }) },
  not_remuxable: { status: 406, data: z.object({ name: z.string(), obstacle: z.enum(['container', 'codec', 'structure']), codecs: z.array(z.string()) }) },
  method_not_allowed: { status: 405, data: z.object({ allowed: z.array(z.string()) }) },
  node_conflict: { status: 409, data: z.object({ number: z.int() }) },
  name_taken: { status: 409, data: z.object({ name: z.string() }) },
  upload_corrupt: { status: 422, data: z.object({ name: z.string() }) },
  upload_not_found: { status: 404, data: z.object({ uploadId: z.string() }) },
  node_needed: { status: 409, data: z.object({ number: z.int(), files: z.int() }) },
  node_retired: { status: 410, data: z.object({ number: z.int() }) },
  peer_unknown: { status: 404, data: z.object({ peer: z.string() }) },
  peers_full: { status: 503, data: z.object({ what: z.enum(['peers', 'names', 'checks']), max: z.int() }) },
  channels_full: { status: 503, data: z.object({ what: z.enum(['announced', 'watched']), max: z.int() }) },
  channel_full: { status: 503, data: z.object({ name: z.string() }) },
  topics_full: { status: 409, data: z.object({ what: z.enum(['topics', 'keys']), max: z.int() }) },
  internal: { status: 500, data: z.object({ reason: z.string() }) },
  catalog_unavailable: { status: 503, data: z.object({ url: z.string() }) },
  line_full: { status: 503, data: z.object({ waiting: z.int() }) },
  listeners_full: { status: 503, data: z.object({ listening: z.int() }) },
  remuxes_full: { status: 503, data: z.object({ running: z.int() }) },
  uploads_full: { status: 503, data: z.object({ running: z.int() }) },
  no_nodes: { status: 503, data: z.object({}) },
  not_acknowledged: { status: 504, data: z.object({ name: z.string(), replicas: z.int(), needed: z.int() }) },
  no_room: { status: 507, data: z.object({ name: z.string(), sizeBytes: z.int() }) },
  no_sources: { status: 503, data: z.object({ name: z.string(), nodes: z.array(z.int()) }) },
} as const satisfies { readonly [Code in ErrorCode]?: { readonly status: number; readonly data: z.ZodType<ErrorFacts[Code]> } };

export type WireErrorCode = keyof typeof wireErrors;

export function isWireErrorCode(code: string): code is WireErrorCode {
  return Object.hasOwn(wireErrors, code);
}

/** The facts that came with a code; undefined when they are not those of the code. */
export function parseWireFacts<C extends WireErrorCode>(code: C, data: unknown): ErrorFacts[C] | undefined {
  const { success, data: facts } = wireErrors[code].data.safeParse(data);
  return success ? (facts as ErrorFacts[C]) : undefined;
}

/** Body of every error, on both planes. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly details: object;
}
