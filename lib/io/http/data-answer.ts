import type { IncomingMessage, ServerResponse } from 'node:http';
import { DATA_METHODS, dataErrors, type DataErrorCode, type Headers } from '../../protocol/data.ts';

/** Answers with `{code, message, details}`, in place of any head that was prepared and not sent. */
export function sendError(response: ServerResponse, code: DataErrorCode, details: object, headers: Headers = {}): void {
  const { status, message } = dataErrors[code];
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  sendJson(response, status, { code, message, details }, headers);
}

export function sendJson(response: ServerResponse, status: number, body: object, headers: Headers = {}): void {
  const text = `${JSON.stringify(body)}\n`;
  setHead(response, status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  // Node leaves the body out of an answer to HEAD.
  response.end(text);
}

/** The head goes out with the first bytes of the body, and until then an error may still replace it. */
export function setHead(response: ServerResponse, status: number, headers: Headers): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Whether the method is one that the data plane knows. */
export function isReading({ method }: Pick<IncomingMessage, 'method'>): boolean {
  return DATA_METHODS.some(allowed => allowed === method);
}
