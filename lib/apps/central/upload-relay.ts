import { randomBytes } from 'node:crypto';
import { VideoError } from '../../base/errors.ts';
import type { NodeStatus } from '../../domain/node-registry.ts';
import type { UploadPlace, UploadRelay } from '../../domain/upload-relay.ts';
import type { CentralState } from './state.ts';
import { placeFor, tokenFor } from './uploads.ts';

const UPLOAD_ID_BYTES = 32;

/** For the page, which reaches nobody but the central and cannot read a whole file before it sends it. */
export function createUploadRelay(state: CentralState, { ca }: { readonly ca: string | undefined }): UploadRelay {
  const { catalog, registry, clock } = state;
  const placeAt = (node: NodeStatus, uploadId: string): UploadPlace => ({ node: node.number, nodeUrl: node.url, token: tokenFor(state, node, uploadId), ca });
  return {
    async open({ name, sizeBytes, replaces }) {
      const video = await catalog.findByName(name);
      if (video && video.id !== replaces) throw new VideoError('name_taken', { name });
      const uploadId = randomBytes(UPLOAD_ID_BYTES).toString('hex');
      return { uploadId, ...placeAt(placeFor(state, { uploadId, fileId: undefined, name, sizeBytes }), uploadId) };
    },

    find({ node: number, uploadId }) {
      const node = registry.get(number, clock.now());
      if (!node || node.mode === 'gone') throw new VideoError('not_found', { what: 'node' });
      if (node.state === 'down') throw new VideoError('no_nodes', {});
      return placeAt(node, uploadId);
    },
  };
}
