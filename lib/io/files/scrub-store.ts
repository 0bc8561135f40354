import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { systemCodeOf } from '../../base/errors.ts';
import type { ScrubStore } from '../../domain/local-folder.ts';
import { writeAtomically } from './atomic-write.ts';
import { stampShape } from './index-store.ts';

const VERSION = 1;
const dateMs = z.int().min(0);

const shape = z.object({
  version: z.literal(VERSION),
  read: z.array(z.object({ stamp: stampShape, atMs: dateMs })),
  place: z
    .object({ stamp: stampShape, nextPart: z.int().min(0), readBytes: z.int().min(0), badParts: z.array(z.int().min(0)) })
    .optional(),
});

/** When the files of a folder were last read through, in a JSON file. */
export function createScrubStore(path: string): ScrubStore {
  return {
    async load() {
      try {
        const { read, place } = shape.parse(JSON.parse(await readFile(path, 'utf8')));
        return { read, place };
      } catch (error) {
        const isUnusable = systemCodeOf(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError;
        if (isUnusable) return { read: [] };
        throw error;
      }
    },
    save: record => writeAtomically(path, `${JSON.stringify({ version: VERSION, ...record })}\n`),
  };
}
