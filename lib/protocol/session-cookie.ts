/** Where a browser opens a session with `POST`, and ends it with `DELETE`. */
export const SESSION_PATH = '/sesion';
export const SESSION_COOKIE = 'sesion';

/** Scripts cannot read it, and requests that other sites lead to do not carry it (RFC 6265bis §5.4). Gone when the browser is closed. */
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict';

/** The `Set-Cookie` of a session; `isSecure` keeps it to HTTPS. */
export function formatSessionCookie(token: string, { isSecure }: { readonly isSecure: boolean }): string {
  return `${SESSION_COOKIE}=${token}; ${ATTRIBUTES}${isSecure ? '; Secure' : ''}`;
}

/** The `Set-Cookie` that makes a browser forget it. */
export function formatEndedCookie({ isSecure }: { readonly isSecure: boolean }): string {
  return `${formatSessionCookie('', { isSecure })}; Max-Age=0`;
}

/** The session that a `Cookie` field brings, among whatever else this host was given. */
export function sessionIn(cookie: string | undefined): string | undefined {
  const pairs = (cookie ?? '').split(';').map(pair => pair.trim());
  return pairs.find(pair => pair.startsWith(`${SESSION_COOKIE}=`))?.slice(SESSION_COOKIE.length + 1);
}
