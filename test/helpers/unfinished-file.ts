import { createHash } from 'node:crypto';
import { appendFile, readFile, stat, truncate } from 'node:fs/promises';
import type { Random } from '../../lib/base/random.ts';
import { partRange, type Manifest } from '../../lib/domain/manifest.ts';
import { parseJournal } from '../../lib/io/files/part-journal.ts';
import { partialPathFor } from '../../lib/io/files/partial-name.ts';
import { randomBytes } from './random-bytes.ts';

/** What an unfinished download left on the disk, by part number. */
export interface UnfinishedFile {
  /** Parts whose bytes are there and right. */
  readonly right: ReadonlySet<number>;
  /** Parts that the journal vouches for. */
  readonly vouched: ReadonlySet<number>;
  readonly rightBytes: number;
}

export async function readUnfinished(finalPath: string, manifest: Manifest): Promise<UnfinishedFile> {
  const partialPath = partialPathFor(finalPath);
  const bytes = await readFile(partialPath);
  const right = new Set<number>();
  let rightBytes = 0;
  for (const [part, hash] of manifest.partHashes.entries()) {
    const { start, end } = partRange(manifest, part);
    if (createHash('sha256').update(bytes.subarray(start, end)).digest('hex') !== hash) continue;
    right.add(part);
    rightBytes += end - start;
  }
  const vouched = parseJournal(await readFile(`${partialPath}.journal`, 'utf8'), manifest) ?? new Set<number>();
  return { right, vouched, rightBytes };
}

/** What a power cut may do: the journal ends at any byte, and other bytes stand behind it. */
export async function tearJournal(finalPath: string, random: Random): Promise<void> {
  const path = `${partialPathFor(finalPath)}.journal`;
  const { size } = await stat(path);
  await truncate(path, Math.floor(random() * (size + 1)));
  const isTextual = random() < 0.5;
  await appendFile(path, isTextual ? '0,1,2,3 deadbeef\n4,5,6' : randomBytes(1 + Math.floor(random() * 5000), size));
}
