import test from 'ava';
import { openNodeSources } from '../../../lib/io/http/node-sources.ts';
import { sourceContract } from '../../contracts/source.ts';
import { startMirror } from '../../helpers/mirror-server.ts';

for (const threads of [0, 1]) {
  sourceContract(test, `node, ${threads} threads beside this one`, async (t, manifest, bytes) => {
    const server = await startMirror(t, bytes, { etag: `"${manifest.id}"` });
    const sources = openNodeSources(manifest, { threads });
    t.teardown(() => sources[Symbol.asyncDispose]());
    return { source: sources.source('secundario-1', new URL(server.url).origin), stopServer: server.close };
  });
}
