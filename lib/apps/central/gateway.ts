import { VideoError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { lackingSource } from '../../domain/download/lacking-source.ts';
import { nodeSourceId } from '../../domain/download/node-source-id.ts';
import { OrderedReading } from '../../domain/download/ordered-reading.ts';
import { PartMemory } from '../../domain/download/part-memory.ts';
import type { PartRooms } from '../../domain/download/part-rooms.ts';
import type { SourceFactory } from '../../domain/download/source.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { ServedFiles } from '../../domain/served-files.ts';
import { limits } from '../../protocol/limits.ts';
import type { CentralState } from './state.ts';
import { sourcesOf } from './tickets.ts';

export interface GatewayPorts {
  readonly openSources: (manifest: Manifest) => SourceFactory;
  /** For what memory has no room for. */
  readonly spool: PartRooms;
  readonly random: Random;
}

/** Files of the catalogue as one server has them: what is read comes, verified, from whichever nodes hold it. */
export function createGateway(state: CentralState, { openSources, spool, random }: GatewayPorts): ServedFiles {
  const { catalog, clock } = state;
  const budgetBytes = limits.gatewayMemoryBytes;
  const readAhead = { budgetBytes, rooms: new PartMemory(budgetBytes, spool), readers: 0 };
  return {
    async open(id, { signal }) {
      const video = await catalog.findById(id);
      const manifest = video && (await catalog.manifest(id));
      if (!manifest) return undefined;
      if (sourcesOf(state, video).length === 0) throw new VideoError('no_sources', { name: video.name, nodes: video.nodes });
      const nodes = openSources(manifest);
      const sources = async () =>
        sourcesOf(state, (await catalog.findById(id)) ?? video).map(({ node, url, token, badParts }) => lackingSource(nodes.source(nodeSourceId(node), url, token), badParts));
      const reading = new OrderedReading({ manifest, sources, readAhead, clock, random });
      return {
        manifest: { ...manifest, name: video.name },
        read: (buffer, position) => reading.read(buffer, position, { signal }),
        async [Symbol.asyncDispose]() {
          await reading[Symbol.asyncDispose]();
          await nodes[Symbol.asyncDispose]();
        },
      };
    },
  };
}
