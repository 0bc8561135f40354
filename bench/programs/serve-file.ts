import { stat } from 'node:fs/promises';
import { openServedFile } from '../../lib/io/files/served-file.ts';
import { startFileServer } from '../../lib/io/http/file-server.ts';
import { fileIdOf, partCountOf, partSizeFor } from '../../lib/domain/manifest.ts';
import { filePath } from '../../lib/protocol/data.ts';

/** Serves the file of its argument under an id, prints where, and goes on until it is stopped. */
const path = process.argv[2]!;
const { size: sizeBytes } = await stat(path);
const partSizeBytes = partSizeFor(sizeBytes);
// What is measured never looks at the hashes.
const sha256 = '0'.repeat(64);
const content = { sizeBytes, partSizeBytes, partHashes: Array.from({ length: partCountOf(sizeBytes, partSizeBytes) }, () => sha256) };
const manifest = { ...content, id: fileIdOf(content), name: 'bench.mp4', sha256, createdAtMs: 0 };

const server = await startFileServer(
  { ip: '127.0.0.1', port: 0 },
  { open: async id => (id === manifest.id ? openServedFile(path, manifest) : undefined) },
);
process.once('SIGTERM', () => void server.close({ drainMs: 0 }));
process.stdout.write(`${server.url}${filePath(manifest.id)}\n`);
