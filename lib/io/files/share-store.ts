import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { DAY_MS } from '../../base/units.ts';
import { isSameStamp } from '../../domain/local-folder.ts';
import type { ShareStore } from '../../domain/share-store.ts';
import { fileStampAt } from './folder-scan.ts';
import { createIndexStore } from './index-store.ts';
import { removeLeftovers } from './leftovers.ts';
import { makeFolder } from './make-folder.ts';
import { openManifestStore } from './manifest-store.ts';
import { waitForLock } from './process-lock.ts';
import { openIndexedFile } from './served-file.ts';
import { openUnfinishedFile } from './unfinished-file.ts';

/** Not a secondary's, which may have the same folder. */
const OWN_FOLDER = join('.videopartes', 'compartido');
const MANIFEST_KEPT_MS = DAY_MS;
const CENTRAL_LENGTH = 16;

export interface ShareStoreOptions {
  readonly clock: Clock;
  /** From whom the files come, as people know it: what one central let somebody have is not for those of another. */
  readonly centralUrl: string;
}

/**
 * Remembers in `directory/.videopartes/compartido`, for each central apart, which files of the folder were fetched. What is
 * remembered appears with the first file.
 */
export function createShareStore(directory: string, { clock, centralUrl }: ShareStoreOptions): ShareStore {
  const folder = resolve(directory);
  const ownFolder = join(folder, OWN_FOLDER, createHash('sha256').update(centralUrl).digest('hex').slice(0, CENTRAL_LENGTH));
  const indexPath = join(ownFolder, 'index.json');
  const manifestFolder = join(ownFolder, 'manifests');
  const index = createIndexStore(indexPath);
  const openManifests = () => openManifestStore(manifestFolder);
  let manifests: ReturnType<typeof openManifests> | undefined;

  return {
    nameOf: path => (dirname(resolve(path)) === folder ? basename(path) : undefined),
    load: () => index.load(),
    async change({ added = [], removed = [] }) {
      await makeFolder(manifestFolder);
      await using _lock = await waitForLock(`${indexPath}.lock`, clock);
      const isRemoved = (name: string, stamp: Parameters<typeof isSameStamp>[0]) => removed.some(file => file.name === name && isSameStamp(file.stamp, stamp));
      const replaced = new Set(added.map(({ name }) => name));
      const kept = (await index.load()).filter(({ name, stamp }) => !replaced.has(name) && !isRemoved(name, stamp));
      const files = [...kept, ...added];
      await index.save(files);
      if (removed.length === 0) return;
      const wanted = new Set(files.map(({ id }) => id));
      await removeLeftovers(manifestFolder, { writtenBeforeMs: clock.date() - MANIFEST_KEPT_MS, isWanted: id => wanted.has(id) });
    },
    async manifest(id) {
      return (await (manifests ??= openManifests())).get(id);
    },
    async putManifest(manifest) {
      await makeFolder(ownFolder);
      await (await (manifests ??= openManifests())).put(manifest);
    },
    stampOf: name => fileStampAt(join(folder, name)),
    open: (file, manifest) => openIndexedFile(folder, file, manifest),
    openUnfinished: openUnfinishedFile,
  };
}
