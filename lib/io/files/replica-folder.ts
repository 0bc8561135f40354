import { watch } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { CloseStack } from '../../base/close.ts';
import { parseFileName, type FileId } from '../../domain/file.ts';
import type { IncomingStore } from '../../domain/incoming-uploads.ts';
import type { IndexStore, LeftoverStore, LocalFolder, ManifestStore, ScrubStore } from '../../domain/local-folder.ts';
import { fileIdOf } from '../../domain/manifest.ts';
import type { ReplicaMoves } from '../../domain/replica-moves.ts';
import { fileStampAt, scanFolder, statsAt } from './folder-scan.ts';
import { Hasher } from './hasher.ts';
import { removeLeftovers } from './leftovers.ts';
import { createIncomingStore } from './incoming-uploads.ts';
import { loadIdentity } from './identity.ts';
import { createIndexStore } from './index-store.ts';
import { makeFolder } from './make-folder.ts';
import { openManifestStore } from './manifest-store.ts';
import { lockForProcess } from './process-lock.ts';
import { createPublicKeyStore, type PublicKeyStore } from './public-key-store.ts';
import { removeRemains } from './remains.ts';
import { isPartRight } from './replica-check.ts';
import { openReplicaMoves } from './replica-moves.ts';
import { createScrubStore } from './scrub-store.ts';
import { openIndexedFile } from './served-file.ts';

const OWN_FOLDER = '.videopartes';

/** The folder of a secondary: videos that anyone can play, and, hidden, what the program keeps about them. */
export interface ReplicaFolder extends AsyncDisposable {
  readonly directory: string;
  readonly identity: string;
  readonly files: LocalFolder;
  readonly manifests: ManifestStore;
  readonly index: IndexStore;
  readonly scrub: ScrubStore;
  readonly leftovers: LeftoverStore;
  readonly uploads: IncomingStore;
  readonly tokenKeys: PublicKeyStore;
  readonly moves: ReplicaMoves;
  /** @throws VideoError `invalid_name` */
  readonly pathOf: (name: string) => string;
  /** Where a copy grows until it is whole; on the same file system, so that a rename finishes it. */
  readonly incomingPathOf: (id: FileId) => string;
}

/**
 * Makes what is absent and holds the folder for this process.
 *
 * @throws VideoError `not_a_directory`, `path_not_writable`, `path_in_use` while another program holds it
 */
export async function openReplicaFolder(path: string, { clock }: { readonly clock: Clock }): Promise<ReplicaFolder> {
  const directory = resolve(path);
  const ownFolder = join(directory, OWN_FOLDER);
  const incoming = join(ownFolder, 'incoming');
  const manifests = join(ownFolder, 'manifests');
  await makeFolder(directory);
  await makeFolder(incoming);
  const closing = new CloseStack();
  try {
    closing.use(await lockForProcess(join(ownFolder, 'lock'), directory));
    await makeFolder(manifests);
    await removeRemains({ directory, ownFolder, incoming, manifests });
    const hasher = closing.use(new Hasher());
    const pathOf = (name: string) => join(directory, parseFileName(name));
    const moves = closing.use(await openReplicaMoves({ directory, trash: join(ownFolder, 'trash'), dropped: join(ownFolder, 'dropped') }));
    return {
      directory,
      identity: await loadIdentity(join(ownFolder, 'identity.json')),
      files: createLocalFolder(directory, hasher, clock),
      manifests: await openManifestStore(manifests),
      index: createIndexStore(join(ownFolder, 'index.json')),
      tokenKeys: createPublicKeyStore(join(ownFolder, 'claves.json')),
      scrub: createScrubStore(join(ownFolder, 'scrub.json')),
      leftovers: { removeCopies: query => removeLeftovers(incoming, query), removeManifests: query => removeLeftovers(manifests, query) },
      uploads: createIncomingStore(incoming, { hasher, pathOf }),
      moves,
      pathOf,
      incomingPathOf: id => join(incoming, `${id}.partial`),
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

function createLocalFolder(directory: string, hasher: Hasher, clock: Clock): LocalFolder {
  return {
    list: () => scanFolder(directory),
    stampOf: name => fileStampAt(join(directory, name)),
    isTaken: async name => (await statsAt(join(directory, name))) !== undefined,
    async describe(name, { signal }) {
      const { content, stamp } = await hasher.hash(join(directory, name), { signal });
      return { manifest: { ...content, id: fileIdOf(content), name, createdAtMs: clock.date() }, stamp };
    },
    open: (file, manifest) => openIndexedFile(directory, file, manifest),
    checkPart: ({ name, stamp }, manifest, part) => isPartRight(join(directory, name), stamp, manifest, part),
    watch: onChange => watchFolder(directory, onChange),
    async space() {
      const { bavail, blocks, bsize } = await statfs(directory);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
  };
}

/** Some file systems cannot be watched, and others stop telling: looking again now and then finds what was not told. */
function watchFolder(directory: string, onChange: () => void): Disposable {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => {
      if (!name?.startsWith('.')) onChange();
    });
    watcher.on('error', () => watcher.close());
    return { [Symbol.dispose]: () => watcher.close() };
  } catch {
    return { [Symbol.dispose]: () => undefined };
  }
}
