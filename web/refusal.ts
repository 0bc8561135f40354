import { keptSecret } from './secret.ts';
import { openSession } from './session.ts';

/** Why the browser did not get what it asked for by itself; `renewed` when its session was over, and it would get it now. */
export type Refusal = 'secret' | 'broken' | 'renewed';

/** An element that shows nothing does not say why; who asks for the same does. Undefined when nobody refuses it. */
export async function findRefusal(url: string): Promise<Refusal | undefined> {
  const refusal = await refusalOf(url);
  const secret = keptSecret();
  if (refusal !== 'secret' || secret === undefined || !(await openSession(secret))) return refusal;
  return (await refusalOf(url)) ?? 'renewed';
}

/** Without a secret, as elements ask. */
async function refusalOf(url: string): Promise<Exclude<Refusal, 'renewed'> | undefined> {
  try {
    const { ok, status } = await fetch(url, { method: 'HEAD', cache: 'no-store' });
    if (ok) return undefined;
    return status === 401 || status === 403 ? 'secret' : 'broken';
  } catch {
    return 'broken';
  }
}
