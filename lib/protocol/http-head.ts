/** Status line and fields of an HTTP/1.1 response. */
export interface ResponseHead {
  readonly status: number;
  /** Field names in lower case; repeated fields joined by a comma (RFC 9110 §5.3). */
  readonly headers: ReadonlyMap<string, string>;
}

const STATUS_LINE = /^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/;

/**
 * Parses what stands before the empty line, RFC 9112 §4 and §5. Undefined when it is not HTTP/1.x.
 */
export function parseResponseHead(text: string): ResponseHead | undefined {
  const [statusLine = '', ...fieldLines] = text.split('\r\n');
  const status = STATUS_LINE.exec(statusLine)?.[1];
  if (status === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of fieldLines) {
    const colon = line.indexOf(':');
    if (colon <= 0) return undefined;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return { status: Number(status), headers };
}
