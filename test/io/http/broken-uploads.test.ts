import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { silentLog as log } from '../../../lib/base/log.ts';
import type { UploadDesk } from '../../../lib/domain/incoming-uploads.ts';
import { startFileServer } from '../../../lib/io/http/file-server.ts';
import { openUploadHandler } from '../../../lib/io/http/uploads/upload-handler.ts';
import { uploadPath } from '../../../lib/protocol/uploads.ts';
import { eventually } from '../../helpers/eventually.ts';
import { requestText } from '../../helpers/raw-http.ts';

const uploadId = 'ab'.repeat(32);

test('a sender that goes away in the middle does not hold a server that stops', async t => {
  const arrived: number[] = [];
  let isAppendOver = false;
  const desk = {
    begin: async () => undefined,
    find: async () => ({ uploadId, name: 'faro.mp4', sizeBytes: 1000, fileId: undefined, offsetBytes: 0 }),
    setSize: async () => undefined,
    async append(_id, chunks) {
      try {
        for await (const chunk of chunks) arrived.push(chunk.byteLength);
        return 0;
      } finally {
        isAppendOver = true;
      }
    },
    finish: () => Promise.reject(new Error('nobody sends it whole')),
    cancel: async () => undefined,
  } satisfies UploadDesk;
  const server = await startFileServer({ ip: '127.0.0.1', port: 0 }, { open: async () => undefined }, { log, uploads: openUploadHandler(desk, { guard: undefined, log }) });
  const socket = connect({ host: '127.0.0.1', port: server.port });
  const headers = { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream', 'content-length': '1000' };
  socket.write(requestText('PATCH', uploadPath(uploadId), { headers }));
  socket.write(Buffer.alloc(100));
  await eventually('the first bytes arrive', async () => arrived.length > 0);
  socket.destroy();
  await once(socket, 'close');
  await server.close();
  t.true(isAppendOver, 'what was being written is closed before the server is');
});
