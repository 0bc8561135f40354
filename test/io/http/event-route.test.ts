import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import fastify from 'fastify';
import { EventFeed } from '../../../lib/domain/event-feed.ts';
import { serveEvents } from '../../../lib/io/http/event-route.ts';
import { eventually } from '../../helpers/eventually.ts';
import { requestText } from '../../helpers/raw-http.ts';

async function serve(t: ExecutionContext, options: { readonly keepAliveMs?: number } = {}) {
  const feed = new EventFeed({ runId: 'run', keptMax: 3, listenersMax: 5, date: Date.now });
  const app = fastify();
  serveEvents(app, feed, options);
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  t.teardown(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write(requestText('GET', '/events'));
  await eventually('it listens', () => feed.listening === 1);
  return { feed, socket };
}

test('a stream where nothing happens shows that it lives', async t => {
  const { socket } = await serve(t, { keepAliveMs: 10 });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await eventually('a comment, and another', () => /^:\r?\n[^]*^:\r?\n/m.test(text));
  t.notRegex(text, /^(?:id|data):/m);
});

test('who does not read is cut, and frees its place; nothing grows without end', async t => {
  const { feed, socket } = await serve(t);
  socket.pause();
  const name = 'x'.repeat(200);
  await eventually('it is cut', () => {
    for (let index = 0; index < 1000; index += 1) feed.log.info('video.removed', { name });
    return feed.listening === 0;
  });
  t.pass();
});

test('who leaves frees its place', async t => {
  const { feed, socket } = await serve(t);
  socket.destroy();
  await once(socket, 'close');
  await eventually('it is free', () => feed.listening === 0);
  t.pass();
});
