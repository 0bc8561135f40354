import test from 'ava';
import { systemClock } from '../../../lib/base/clock.ts';
import { openMirrorWeb } from '../../../lib/io/http/mirror-web.ts';
import { sourceContract } from '../../contracts/source.ts';
import { startMirror } from '../../helpers/mirror-server.ts';

for (const [name, hasRanges] of [['mirror', true], ['mirror without ranges', false]] as const) {
  sourceContract(test, name, async (t, manifest, bytes) => {
    const server = await startMirror(t, bytes, { hasRanges });
    const web = await openMirrorWeb({ clock: systemClock });
    t.teardown(() => web[Symbol.asyncDispose]());
    const source = web.openSources(manifest, { hasRanges, mirrors: 1 }).source(server.id, server.url);
    return { source, stopServer: server.close };
  });
}
