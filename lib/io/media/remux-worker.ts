import { parentPort, workerData } from 'node:worker_threads';
import { CustomSource, Logging, LogLevel } from 'mediabunny';
import { isVideoError } from '../../base/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { openRemux } from './remux.ts';
import type { RemuxNews, RemuxOrder, RemuxSupply } from './remux-messages.ts';

/** The thread that remuxes one film, of which it asks for each byte. A fragment is ready before it is wanted, and no more than one. */

// What it thinks of a film is nothing for the console of a central.
Logging.level = LogLevel.Silent;

const { name, sizeBytes, fromS } = workerData as RemuxOrder;
const reads: ((bytes: Uint8Array) => void)[] = [];
let turns = 0;
let onTurn: () => void = () => undefined;

parentPort!.on('message', (supply: RemuxSupply) => {
  switch (supply.type) {
    case 'bytes':
      reads.shift()!(supply.bytes);
      return;
    case 'next':
      turns += 1;
      onTurn();
      return;
    default:
      supply satisfies never;
  }
});

const newSource = () => new CustomSource({
  getSize: () => sizeBytes,
  read(start, end) {
    tell({ type: 'read', start, end });
    return new Promise<Uint8Array>(resolve => void reads.push(resolve));
  },
  maxCacheSize: limits.remuxCacheBytes,
});

try {
  const { contentType, fragments } = await openRemux(newSource, { name, fromS });
  tell({ type: 'opened', contentType });
  for await (const bytes of fragments) {
    await turn();
    tell({ type: 'fragment', bytes }, [bytes.buffer]);
  }
  await turn();
  tell({ type: 'end' });
} catch (error) {
  tell({ type: 'failed', facts: isVideoError(error, 'not_remuxable') ? error.facts : { name, obstacle: 'structure', codecs: [] } });
}

async function turn(): Promise<void> {
  if (turns === 0) await new Promise<void>(resolve => void (onTurn = resolve));
  turns -= 1;
}

function tell(news: RemuxNews, moved: ArrayBuffer[] = []): void {
  parentPort!.postMessage(news, moved);
}
