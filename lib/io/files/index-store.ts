import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import { isFileId, isFileName } from '../../domain/file.ts';
import type { IndexStore } from '../../domain/local-folder.ts';
import { writeAtomically } from './atomic-write.ts';
import { obstructingFile } from './obstructing-file.ts';

const VERSION = 1;

export const stampShape = z.object({ sizeBytes: z.int().min(0), mtimeNs: z.string().regex(/^-?\d+$/), ino: z.string() });

const shape = z.object({
  version: z.literal(VERSION),
  // A list, not a map: a file may be called `__proto__`.
  files: z.array(
    z.object({
      name: z.string().refine(isFileName),
      id: z.string().refine(isFileId),
      stamp: stampShape,
      badParts: z.array(z.int().min(0)).optional(),
    }),
  ),
});

/** The index of a folder in a JSON file. It only saves work: a damaged one is as good as none. */
export function createIndexStore(path: string): IndexStore {
  return {
    async load() {
      try {
        return shape.parse(JSON.parse(await readFile(path, 'utf8'))).files;
      } catch (error) {
        const code = systemCodeOf(error);
        const isUnusable = code === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError;
        if (isUnusable) return [];
        if (code === 'ENOTDIR') throw new VideoError('not_a_directory', { path: await obstructingFile(path) }, { cause: error });
        throw new VideoError('path_not_readable', { path }, { cause: error });
      }
    },
    save: files => writeAtomically(path, `${JSON.stringify({ version: VERSION, files })}\n`),
  };
}
