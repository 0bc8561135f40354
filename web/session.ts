/** After a renewal that nobody answered. */
const AGAIN_MS = 60_000;

let renewal: ReturnType<typeof setTimeout> | undefined;

/**
 * Films, pictures and downloads are asked for by the browser itself, which sends no secret: the central gives it a cookie
 * for them, which scripts cannot see and which is renewed here while the page is open. Resolves with whether it did.
 */
export async function openSession(secret: string): Promise<boolean> {
  clearTimeout(renewal);
  const again = (afterMs: number) => {
    renewal = setTimeout(() => void openSession(secret), afterMs);
  };
  try {
    const response = await fetch('/sesion', { method: 'POST', headers: { authorization: `Bearer ${secret}` } });
    if (!response.ok) return false;
    const { renewInMs } = (await response.json()) as { readonly renewInMs: number };
    again(renewInMs);
    return true;
  } catch {
    again(AGAIN_MS);
    return false;
  }
}
