import { VideoError } from '../../base/errors.ts';
import type { FileOffers } from '../../domain/file-offers.ts';
import { filePath } from '../../protocol/data.ts';
import { withToken } from '../../protocol/token.ts';
import { notFound, type CentralState } from './state.ts';
import { sourcesOf } from './tickets.ts';

/** What the central offers by name: every secondary that holds the file and can be asked now is a mirror of it. */
export function createOffers(state: CentralState): FileOffers {
  const { catalog } = state;
  return {
    async find(name) {
      const video = await catalog.findByName(name);
      const manifest = video && (await catalog.manifest(video.id));
      if (!video || !manifest) return undefined;
      const mirrors = sourcesOf(state, video).map(({ url, token }) => withToken(`${url}${filePath(video.id)}`, token));
      if (mirrors.length === 0) throw new VideoError('no_sources', { name, nodes: video.nodes });
      return { manifest: { ...manifest, name }, mirrors };
    },
    missing: name => notFound(state, name),
  };
}
