import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import test, { type ExecutionContext } from 'ava';
import { isVideoError, VideoError } from '../../../lib/base/errors.ts';
import type { FormFile, FormUploads, StoredUpload } from '../../../lib/domain/form-uploads.ts';
import { serveUploadForm } from '../../../lib/io/http/uploads/upload-form.ts';
import { exchange } from '../../helpers/raw-http.ts';

interface Taken {
  readonly name: string;
  readonly text: string;
  readonly isCut: boolean;
  readonly isReplacing: boolean;
}

/** A server with the form's route, and what was taken from forms. */
async function startForm(t: ExecutionContext, take?: FormUploads['take']): Promise<{ readonly port: number; readonly taken: Taken[] }> {
  const taken: Taken[] = [];
  const app = fastify();
  app.setErrorHandler((error, _request, reply) => reply.status(400).send({ code: isVideoError(error) ? error.code : String(error) }));
  serveUploadForm(app, { describe: async () => undefined, take: take ?? (async (file, { signal }) => storedOf(file, await readInto(taken, file, signal))) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  return { port: (app.server.address() as { port: number }).port, taken };
}

async function readInto(taken: Taken[], { name, chunks, isReplacing }: FormFile, signal: AbortSignal): Promise<string> {
  let text = '';
  const aborted = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  const read = async () => {
    for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  };
  try {
    await Promise.race([read(), aborted]);
    taken.push({ name, text, isCut: false, isReplacing });
    return text;
  } catch (error) {
    taken.push({ name, text, isCut: true, isReplacing });
    throw error;
  }
}

function storedOf({ name }: FormFile, text: string): StoredUpload {
  return { name, id: 'a'.repeat(64), sizeBytes: text.length, replicas: 2, wanted: 3 };
}

function partOf(name: string, content: string): string {
  return `--sep\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: video/mp4\r\n\r\n${content}\r\n`;
}

function fieldOf(name: string, value: string): string {
  return `--sep\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

function formText(body: string, length = Buffer.byteLength(body), query = ''): string {
  return `POST /upload${query} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=sep\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

test('each file of a form is taken under its name, and the answer says where it stands', async t => {
  const { port, taken } = await startForm(t);
  const { status, body } = await exchange(port, [formText(`${partOf('señal 📺.mp4', 'uno')}${partOf('dos.mp4', '')}--sep--\r\n`)]);
  t.is(status, 201);
  t.deepEqual(taken, [{ name: 'señal 📺.mp4', text: 'uno', isCut: false, isReplacing: false }, { name: 'dos.mp4', text: '', isCut: false, isReplacing: false }]);
  t.deepEqual(JSON.parse(body), { videos: [storedOf({ name: 'señal 📺.mp4' } as FormFile, 'uno'), storedOf({ name: 'dos.mp4' } as FormFile, '')] });
});

test('a file may take the place of another when a field before it says so, or the address', async t => {
  const { port, taken } = await startForm(t);
  const file = partOf('film.mp4', 'x');
  const send = async (parts: string, query?: string) => {
    const { status, body } = await exchange(port, [formText(`${parts}--sep--\r\n`, undefined, query)]);
    return status === 201 ? taken.at(-1)!.isReplacing : (JSON.parse(body) as { code: string }).code;
  };
  for (const value of ['1', 'si', 'on']) t.true(await send(fieldOf('reemplazar', value) + file), value);
  for (const value of ['0', 'no', '']) t.false(await send(fieldOf('reemplazar', value) + file), value);
  t.true(await send(fieldOf('replace', '1') + file));
  t.true(await send(file, '?reemplazar=1'));
  t.false(await send(file, '?reemplazar=0'));
  t.false(await send(file + fieldOf('reemplazar', '1')), 'too late: the file was on its way');
  const before = taken.length;
  t.is(await send(fieldOf('reemplazar', 'quizás') + file), 'invalid_request');
  t.is(await send(file, '?reemplazar=2'), 'invalid_request');
  t.is(taken.length, before);
});

test('a path in the name of a file is left out', async t => {
  const { port, taken } = await startForm(t);
  await exchange(port, [formText(`${partOf('../../etc/film.mp4', 'x')}--sep--\r\n`)]);
  t.deepEqual(taken.map(({ name }) => name), ['film.mp4']);
});

test('what is no form, has no file, or a name that cannot be, is refused and nothing is taken', async t => {
  const { port, taken } = await startForm(t);
  const answers = await Promise.all([
    exchange(port, ['POST /upload HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}']),
    exchange(port, [formText('--sep\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--sep--\r\n')]),
    exchange(port, [formText(`${partOf('.hidden', 'x')}--sep--\r\n`)]),
  ]);
  t.deepEqual(answers.map(({ body }) => (JSON.parse(body) as { code: string }).code), ['invalid_request', 'invalid_request', 'invalid_name']);
  t.deepEqual(taken, []);
});

test('a refusal is answered at once, whatever is still to come', async t => {
  const { port } = await startForm(t, () => Promise.reject(new VideoError('name_taken', { name: 'film.mp4' })));
  const { body } = await exchange(port, [formText(partOf('film.mp4', 'x'.repeat(100_000)), 200_000_000)]);
  t.deepEqual(JSON.parse(body), { code: 'name_taken' });
});

test('who goes away in the middle of a file has sent none', async t => {
  const { port, taken } = await startForm(t);
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  const reading = new Promise<void>(resolve => {
    const look = setInterval(() => {
      if (taken.length === 0) return;
      clearInterval(look);
      resolve();
    }, 5);
  });
  socket.write(formText(partOf('film.mp4', 'x'.repeat(100_000)), 200_000_000));
  socket.end();
  await reading;
  t.true(taken[0]!.isCut);
});
