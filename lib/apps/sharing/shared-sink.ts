import { toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Sink } from '../../domain/download/sink.ts';
import { isVisibleName } from '../../domain/local-folder.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { UnfinishedFile } from '../../domain/served-files.ts';
import type { ShareStore } from '../../domain/share-store.ts';
import type { SharedFiles } from './shared-files.ts';

export interface FetchedFile {
  /** With the name that the central has for it. */
  readonly manifest: Manifest;
  readonly partialPath: string;
  readonly finalPath: string;
}

export interface SharedSinkPorts {
  readonly files: SharedFiles;
  readonly store: Pick<ShareStore, 'nameOf' | 'openUnfinished'>;
  readonly log: Log;
}

/**
 * The same sink, whose parts others can have from when they are kept until it is disposed of; and then, when it was finished
 * under its own name inside the folder, the file. What goes wrong with that is told, and is not the download's business.
 */
export async function sharedSink(sink: Sink, { manifest, partialPath, finalPath }: FetchedFile, ports: SharedSinkPorts): Promise<Sink> {
  const { files, store } = ports;
  if (!isVisibleName(manifest.name)) return sink;
  const unfinished = await openUnfinished(partialPath, manifest, sink.present, ports);
  if (!unfinished) return sink;
  files.lend(unfinished);
  const isOfFolder = store.nameOf(finalPath) === manifest.name;
  let isFinished = false;
  return {
    present: sink.present,
    write: (part, offset, bytes) => sink.write(part, offset, bytes),
    verify: part => sink.verify(part),
    async keep(part) {
      await sink.keep(part);
      files.noteKept(unfinished, part);
    },
    async finish() {
      await sink.finish();
      isFinished = true;
    },
    async [Symbol.asyncDispose]() {
      try {
        await sink[Symbol.asyncDispose]();
        // Before the parts are taken back: nobody who asks meanwhile is told that it is not here.
        if (isFinished && isOfFolder) await files.adopt(manifest);
      } finally {
        await files.takeBack(unfinished);
      }
    },
  };
}

async function openUnfinished(path: string, manifest: Manifest, present: Iterable<number>, { store, log }: SharedSinkPorts): Promise<UnfinishedFile | undefined> {
  try {
    return await store.openUnfinished(path, manifest, present);
  } catch (error) {
    log.warn('file.unreadable', { name: manifest.name, reason: toVideoError(error).code });
    return undefined;
  }
}
