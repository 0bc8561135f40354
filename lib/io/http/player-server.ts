import { CloseStack } from '../../base/close.ts';
import type { Log } from '../../base/log.ts';
import { MINUTE_MS } from '../../base/units.ts';
import { KeptParts } from '../../domain/download/kept-parts.ts';
import { Playback } from '../../domain/download/playback.ts';
import type { PlayerServer } from '../../domain/download/player-server.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { filePath } from '../../protocol/data.ts';
import { openGrowingFile } from '../files/growing-file.ts';
import { startFileServer } from './file-server.ts';

export interface PlayerServerOptions {
  /** Of the unfinished file. */
  readonly path: string;
  /** Parts that are in it already. */
  readonly present: ReadonlySet<number>;
  readonly log: Log;
}

/** A player that is paused reads nothing. */
const IDLE_MS = 60 * MINUTE_MS;

/** @throws VideoError when the file cannot be read or nothing can listen */
export async function openPlayerServer(manifest: Manifest, { path, present, log }: PlayerServerOptions): Promise<PlayerServer> {
  const kept = new KeptParts(present);
  const playback = new Playback(manifest);
  const closing = new CloseStack();
  try {
    const file = closing.use(await openGrowingFile({ manifest, path, kept, playback }));
    const server = closing.use(await startFileServer({ ip: '127.0.0.1', port: 0 }, file, { log, idleTimeoutMs: IDLE_MS }));
    // Before the server is closed: an answer that waits for a part would hold it up.
    closing.defer(() => kept.end());
    return {
      url: `${server.url}${filePath(manifest.id)}/${encodeURIComponent(manifest.name)}`,
      urgentParts: nowMs => playback.urgentParts(nowMs),
      partKept: part => kept.add(part),
      ended: () => kept.end(),
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}
