import { isFileName } from '../domain/file.ts';

/** Where a mirror is, and as whom to ask there. */
export interface MirrorUrl {
  /** Without user and password, which nothing that is shown or saved may contain. */
  readonly url: URL;
  /** Value of `Authorization` (RFC 7617), when the address had a user. */
  readonly authorization: string | undefined;
}

export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** Of a text that is an HTTP or HTTPS URL. */
export function parseMirrorUrl(text: string): MirrorUrl {
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  if (username === '' && password === '') return { url, authorization: undefined };
  const credentials = `${decoded(username) ?? username}:${decoded(password) ?? password}`;
  return { url, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** `host:port`, the name of a mirror among the sources of a download. */
export function hostAndPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

/** The name that the path ends in; undefined when it ends in none that a file may have. */
export function fileNameIn({ pathname }: URL): string | undefined {
  const name = decoded(pathname.slice(pathname.lastIndexOf('/') + 1));
  return name !== undefined && isFileName(name) ? name : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
