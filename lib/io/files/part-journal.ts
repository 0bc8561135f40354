import { open, readFile, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { systemCodeOf } from '../../base/errors.ts';
import type { FilePlan } from '../../domain/download/file-plan.ts';
import { writeAtomically } from './atomic-write.ts';

/**
 * The journal beside an unfinished file says which parts are verified and synced to the disk. Text, a record a line,
 * each ending with the CRC-32 of what stands before it:
 *
 *     videopartes-journal 1 FILE-ID a1b2c3d4
 *     0,1,2,7 0badcafe
 *
 * A line is appended only after the parts that it names were synced. Whatever a crash leaves behind the last line
 * whose checksum is right (half a line, zeros, an older disk block) is ignored.
 */
export function journalHeader(manifest: Pick<FilePlan, 'id'>): string {
  return withChecksum(`videopartes-journal 1 ${manifest.id}`);
}

export function journalRecord(parts: Iterable<number>): string {
  return withChecksum([...parts].join(','));
}

/** Parts that the journal vouches for; undefined when it is absent, broken at its head, or of another file. */
export function parseJournal(text: string, manifest: Pick<FilePlan, 'id' | 'partHashes'>): Set<number> | undefined {
  const [header, ...records] = text.split('\n');
  if (`${header}\n` !== journalHeader(manifest)) return undefined;
  const parts = new Set<number>();
  // What follows the last line feed is half a line, or empty.
  for (const line of records.slice(0, -1)) {
    const space = line.lastIndexOf(' ');
    const content = line.slice(0, space);
    if (space < 0 || withChecksum(content) !== `${line}\n`) break;
    for (const part of content.split(',').map(Number)) {
      if (Number.isSafeInteger(part) && part >= 0 && part < manifest.partHashes.length) parts.add(part);
    }
  }
  return parts;
}

export async function readJournal(path: string, manifest: FilePlan): Promise<Set<number> | undefined> {
  const text = await readTextIfThere(path);
  return text === undefined ? undefined : parseJournal(text, manifest);
}

/**
 * Opens the journal for more lines. An older one is made durable as one that vouches for `parts` alone before anything
 * else happens to the file: a line that is no longer true, or half a line, must not be there when bytes come after it.
 */
export async function openJournal(path: string, manifest: FilePlan, parts: readonly number[]): Promise<FileHandle> {
  const text = journalHeader(manifest) + (parts.length > 0 ? journalRecord(parts) : '');
  const older = await readTextIfThere(path);
  if (older !== undefined && older !== text) await writeAtomically(path, text);
  const journal = await open(path, 'a');
  try {
    if (older === undefined) await journal.appendFile(text);
    return journal;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** Appends and makes it durable. */
export async function appendRecord(journal: FileHandle, parts: Iterable<number>): Promise<void> {
  await journal.appendFile(journalRecord(parts));
  await journal.datasync();
}

function withChecksum(content: string): string {
  return `${content} ${crc32(content).toString(16).padStart(8, '0')}\n`;
}

async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
