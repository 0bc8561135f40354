import { open } from 'node:fs/promises';
import { get, request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import test from 'ava';
import { GIB, MIB } from '../../lib/base/units.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

test('a file over 4 GiB is listed, described and read beyond that', async t => {
  const cluster = await TalkingCluster.open(t);
  await cluster.putVideo(1, 'enorme.mp4', new Uint8Array());
  const sizeBytes = 4300 * MIB;
  const at = 4 * GIB + 12_345;
  const file = await open(join(cluster.folderOf(1), 'enorme.mp4'), 'r+');
  await file.truncate(sizeBytes);
  await file.write('más allá de cuatro', at);
  await file.utimes(0, 0);
  await file.close();
  await cluster.startCentral(['--replicas', '1']);
  const secondary = await cluster.startSecondary(1);
  await cluster.whenHeldBy('enorme.mp4', 1);
  t.regex((await cluster.order('listar')).stdout, /^enorme\.mp4 +4,\d GiB +1$/m);

  const { id } = (await (await fetch(`http://127.0.0.1:${cluster.centralPort}/video?name=enorme.mp4`)).json()) as { id: string };
  const [, url] = await secondary.says(/a la escucha en (http:\/\/127\.0\.0\.1:\d+)/);
  const head = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${url}/files/${id}`, { method: 'HEAD' }, resolve).on('error', reject).end();
  });
  t.is(head.headers['content-length'], String(sizeBytes));
  const end = at + Buffer.byteLength('más allá de cuatro') - 1;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/files/${id}`, { headers: { Range: `bytes=${at}-${end}` } }, resolve).on('error', reject);
  });
  t.is(answer.statusCode, 206);
  t.is(answer.headers['content-range'], `bytes ${at}-${end}/${sizeBytes}`);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  t.is(Buffer.concat(chunks).toString(), 'más allá de cuatro');
});
