import type { ManifestStore } from '../../domain/local-folder.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { PeerFile } from '../../domain/peer-file.ts';
import { limits } from '../../protocol/limits.ts';
import type { Folder } from '../shared-folder/folder.ts';

/** All that is announced of a folder, by name; files that have still to be read are so without their id. */
export function offeredFiles(folder: Folder): ReadonlyMap<string, PeerFile> {
  const waiting = folder.waiting.map(({ name, stamp: { sizeBytes } }): PeerFile => ({ name, sizeBytes }));
  const read = [...folder.files.values()].map(({ name, id, stamp: { sizeBytes } }): PeerFile => ({ name, id, sizeBytes }));
  return new Map([...read, ...waiting].slice(0, limits.peerFilesMax).map(file => [file.name, file]));
}

/** `reading` while its content is not known yet; undefined when the folder has no such file to offer. */
export async function offeredManifest(name: string, folder: Folder, manifests: Pick<ManifestStore, 'get'>): Promise<Manifest | 'reading' | undefined> {
  const file = folder.files.get(name);
  const manifest = file && (await manifests.get(file.id));
  if (manifest) return { ...manifest, name };
  return file || folder.waiting.some(waiting => waiting.name === name) ? 'reading' : undefined;
}
