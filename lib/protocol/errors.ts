import type { ErrorCode } from '../base/errors.ts';

/** The errors that travel, and their HTTP status; `docs/protocol.md` has a row for each. */
export const wireErrors = {
  invalid_request: { status: 400 },
  invalid_name: { status: 400 },
  invalid_manifest: { status: 400 },
  unauthorized: { status: 401 },
  forbidden: { status: 403 },
  not_found: { status: 404 },
  file_not_found: { status: 404 },
  ticket_not_found: { status: 404 },
  method_not_allowed: { status: 405 },
  node_conflict: { status: 409 },
  internal: { status: 500 },
  catalog_unavailable: { status: 503 },
  line_full: { status: 503 },
  no_sources: { status: 503 },
} as const satisfies Partial<Record<ErrorCode, { readonly status: number }>>;

export type WireErrorCode = keyof typeof wireErrors;

export function isWireErrorCode(code: string): code is WireErrorCode {
  return Object.hasOwn(wireErrors, code);
}

/** Body of every error, on both planes. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly details: object;
}
