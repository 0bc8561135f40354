import { keptSecret } from '../secret.ts';

/** Uploads of this browser that stopped half way, as the tus client keeps them. */
export interface Unfinished {
  readonly key: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly begunAtMs: number;
  /** Where they are gone on with. */
  readonly url: string;
}

const KEY = /^tus::subida\/(\d+)\/\d+\/(.*)::\d+$/s;
/** A secondary keeps them as long. */
const KEPT_MS = 86_400_000;

export function unfinishedIn(storage: Storage, nowMs: number): readonly Unfinished[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index)!).flatMap(key => {
    const [, size, name] = KEY.exec(key) ?? [];
    if (size === undefined || name === undefined) return [];
    const { creationTime = '', uploadUrl = '' } = JSON.parse(storage.getItem(key) ?? '{}') as { readonly creationTime?: string; readonly uploadUrl?: string };
    const begunAtMs = Date.parse(creationTime);
    return nowMs - begunAtMs < KEPT_MS ? [{ key, name, sizeBytes: Number(size), begunAtMs, url: uploadUrl }] : [];
  });
}

/** At the secondary too, if it hears so; else it is gone there after a day. */
export async function forgetUnfinished({ key, url }: Unfinished, storage: Storage): Promise<void> {
  storage.removeItem(key);
  const secret = keptSecret();
  const headers = { 'tus-resumable': '1.0.0', ...(secret !== undefined && { authorization: `Bearer ${secret}` }) };
  await fetch(url, { method: 'DELETE', headers }).catch(() => undefined);
}
