import { exchange, requestText } from './raw-http.ts';

/** The `Cookie` of a session that a central of this machine opens for who shows the secret. */
export async function openSession(port: number, secret: string): Promise<string> {
  const { head } = await exchange(port, [requestText('POST', '/sesion', { headers: { authorization: `Bearer ${secret}` } })]);
  const cookie = /^set-cookie: ([^;]+)/im.exec(head)?.[1];
  if (cookie === undefined) throw new Error(`no session: ${head}`);
  return cookie;
}
