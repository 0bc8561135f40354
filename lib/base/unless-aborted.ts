/** Settles as `pending` does, which goes on by itself; or rejects with the signal's reason as soon as there is one. */
export function unlessAborted<T>(pending: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal!.reason as Error);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    pending.then(resolve, reject).finally(() => signal?.removeEventListener('abort', onAbort));
  });
}
