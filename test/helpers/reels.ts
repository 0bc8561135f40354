import type { Block, Reel } from '../../lib/domain/live/block.ts';
import { openReel } from '../../lib/io/live/reel.ts';

/** The blocks of a reel up to where it begins again. */
export async function onceThrough(path: string): Promise<readonly Block[]> {
  await using reel = await openReel(path);
  const blocks = [await nextOf(reel)];
  for (let block = await nextOf(reel); !block.isBeginning; block = await nextOf(reel)) blocks.push(block);
  return blocks;
}

export function nextOf(reel: Reel): Promise<Block> {
  return reel.next({ signal: new AbortController().signal });
}
