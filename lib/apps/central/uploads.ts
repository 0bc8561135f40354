import { randomBytes } from 'node:crypto';
import { VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { Video } from '../../domain/catalog.ts';
import type { FileId } from '../../domain/file.ts';
import type { FormUploads, StoredUpload } from '../../domain/form-uploads.ts';
import type { NodeStatus } from '../../domain/node-registry.ts';
import { neededReplicas, type UploadWish } from '../../domain/upload-places.ts';
import type { UploadAnswer, UploadState } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { UPLOAD_METHOD, UPLOADS_PATH, uploadIdOf } from '../../protocol/uploads.ts';
import { availableNodes, type CentralState } from './state.ts';

interface UploadRequest {
  readonly id: FileId;
  readonly name: string;
  readonly sizeBytes: number;
  /** What has the name now may make room. */
  readonly replace?: boolean | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

/** How often it is looked whether a file has its copies. */
const LOOK_EVERY_MS = SECOND_MS / 5;

/** Where files are sent, and when they are safe. */
export function uploadHandlers(state: CentralState) {
  const { catalog } = state;
  return {
    async open({ id, name, sizeBytes, replace = false, title, description }: UploadRequest): Promise<UploadAnswer> {
      const video = await catalog.findByName(name);
      if (!video || video.id === id || replace) await catalog.putDetails(id, { title, description });
      if (video?.id === id) return stateOf(state, video);
      if (video && !replace) throw new VideoError('name_taken', { name });
      const uploadId = uploadIdOf({ name, fileId: id });
      const node = placeFor(state, { uploadId, fileId: id, name, sizeBytes });
      const token = tokenFor(state, node, uploadId);
      return { state: 'send', uploadId, node: node.number, url: `${node.url}${UPLOADS_PATH}`, ...(token !== undefined && { token }), ...(video && { replaces: video.id }) };
    },

    /** Asked again, it changes nothing; what took the name meanwhile keeps it. */
    async replace({ id, name, replaces }: { id: FileId; name: string; replaces: FileId }): Promise<{ id: FileId }> {
      const { clock, log, settings } = state;
      // Who sends without knowing the id may have sent what is there.
      const removed = id !== replaces && (await catalog.remove(name, { id: replaces, nowMs: clock.date(), keptMs: settings.trashKeptMs }));
      if (removed) log.info('video.removed', { name });
      const video = removed ? undefined : await catalog.findByName(name);
      if (video && video.id !== id) throw new VideoError('name_taken', { name });
      return { id };
    },

    async find({ id, name }: { id: FileId; name: string }): Promise<UploadState> {
      const video = await catalog.findByName(name);
      if (video && video.id !== id) throw new VideoError('name_taken', { name });
      return video ? stateOf(state, video) : { state: 'storing', replicas: 0, ...goalOf(state) };
    },
  };
}

/** A file on its way through the central. */
export interface Relayed {
  readonly nodeUrl: string;
  readonly uploadId: string;
  readonly token: string | undefined;
  readonly name: string;
  /** What has the name and makes room. */
  readonly replaces: FileId | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

export interface FormUploadPorts {
  /** Sends the bytes to the node, and tells what they are. */
  readonly relay: (upload: Relayed) => Promise<{ readonly id: FileId; readonly sizeBytes: number }>;
}

const UPLOAD_ID_BYTES = 32;

/** For who knows nothing of the protocol of uploads: the central passes the bytes on. */
export function createFormUploads(state: CentralState, { relay }: FormUploadPorts): FormUploads {
  return {
    async take({ name, chunks, formBytes, isReplacing }, { signal }) {
      const uploadId = randomBytes(UPLOAD_ID_BYTES).toString('hex');
      const video = await state.catalog.findByName(name);
      // Who has the name can tell whether these are the same bytes.
      const node = video && !isReplacing ? availableNodes(state, video)[0] : placeFor(state, { uploadId, fileId: undefined, name, sizeBytes: formBytes });
      if (!node) throw new VideoError('name_taken', { name });
      const { id, sizeBytes } = await relay({ nodeUrl: node.url, uploadId, token: tokenFor(state, node, uploadId), name, replaces: isReplacing ? video?.id : undefined, chunks, signal });
      return { name, id, sizeBytes, ...(await untilSafe(state, { id, name }, signal)) };
    },

    describe: (id, details) => state.catalog.putDetails(id, details),
  };
}

/** @throws VideoError `not_acknowledged` when the copies do not come */
async function untilSafe(
  state: CentralState,
  { id, name }: { readonly id: FileId; readonly name: string },
  signal: AbortSignal,
): Promise<Pick<StoredUpload, 'replicas' | 'wanted'>> {
  const { catalog, clock } = state;
  const deadlineMs = clock.now() + limits.acknowledgeTimeoutMs;
  for (;;) {
    const video = await catalog.findByName(name);
    const now = video?.id === id ? stateOf(state, video) : { state: 'storing' as const, replicas: 0, ...goalOf(state) };
    if (now.state === 'stored') return now;
    if (clock.now() >= deadlineMs) throw new VideoError('not_acknowledged', { name, replicas: now.replicas, needed: now.needed });
    await clock.sleep(LOOK_EVERY_MS, { signal });
  }
}

/** @throws VideoError `no_nodes`, `no_room` */
export function placeFor({ uploadPlaces, registry, clock }: CentralState, wish: UploadWish & { readonly name: string }) {
  const nowMs = clock.now();
  const nodes = registry.all(nowMs);
  const node = uploadPlaces.choose(wish, nodes, nowMs);
  if (node) return node;
  if (!nodes.some(({ state }) => state === 'up')) throw new VideoError('no_nodes', {});
  throw new VideoError('no_room', { name: wish.name, sizeBytes: wish.sizeBytes ?? 0 });
}

export function tokenFor({ mint }: CentralState, { isGuarded }: NodeStatus, uploadId: string): string | undefined {
  return isGuarded ? mint.tokenFor(uploadId, UPLOAD_METHOD) : undefined;
}

function stateOf(state: CentralState, video: Video): UploadState {
  const replicas = availableNodes(state, video).length;
  const goal = goalOf(state);
  return { state: replicas >= goal.needed ? 'stored' : 'storing', replicas, ...goal };
}

function goalOf({ registry, clock, settings }: CentralState): { readonly needed: number; readonly wanted: number } {
  const nodesUp = registry.all(clock.now()).filter(({ state, mode }) => state === 'up' && mode === 'active').length;
  return { needed: neededReplicas(nodesUp, settings.replicas), wanted: settings.replicas };
}
