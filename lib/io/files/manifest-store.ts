import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import { isFileId, type FileId } from '../../domain/file.ts';
import type { ManifestStore } from '../../domain/local-folder.ts';
import { parseManifest, type Manifest } from '../../domain/manifest.ts';
import { writeAtomically } from './atomic-write.ts';
import { makeFolder } from './make-folder.ts';

const SUFFIX = '.json';
/** A manifest of a film is about 100 KB; these many cover what is being served at one time. */
const REMEMBERED = 32;

const shape = z.object({
  id: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  partSizeBytes: z.number(),
  partHashes: z.array(z.string()),
  sha256: z.string(),
  createdAtMs: z.number(),
  pieces: z.object({ sha1: z.string(), sha256Layer: z.string() }).optional(),
});

/** Manifests as `ID.json` files in a folder of their own, which is made when absent. The last used stay in memory. */
export async function openManifestStore(directory: string): Promise<ManifestStore> {
  await makeFolder(directory);
  const remembered = new Map<FileId, Manifest>();
  const pathOf = (id: FileId) => join(directory, `${id}${SUFFIX}`);
  const remember = (manifest: Manifest) => {
    // Deleting first makes it the youngest.
    remembered.delete(manifest.id);
    remembered.set(manifest.id, manifest);
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED) remembered.delete(oldest!);
    return manifest;
  };

  return {
    async get(id) {
      const known = remembered.get(id);
      if (known) return remember(known);
      const manifest = await readManifest(pathOf(id));
      return manifest?.id === id ? remember(manifest) : undefined;
    },
    async put(manifest) {
      await writeAtomically(pathOf(manifest.id), `${JSON.stringify(manifest)}\n`);
      remember(manifest);
    },
    async ids() {
      const names = await readdir(directory);
      return new Set(names.filter(name => name.endsWith(SUFFIX)).map(name => name.slice(0, -SUFFIX.length)).filter(isFileId));
    },
  };
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  try {
    return parseManifest(shape.parse(JSON.parse(await readFile(path, 'utf8'))));
  } catch (error) {
    const isAbsent = systemCodeOf(error) === 'ENOENT';
    const isDamaged = error instanceof SyntaxError || error instanceof z.ZodError || error instanceof VideoError;
    if (isAbsent || isDamaged) return undefined;
    throw error;
  }
}
