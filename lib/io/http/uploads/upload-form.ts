import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { FastifyInstance } from 'fastify';
import { VideoError } from '../../../base/errors.ts';
import { parseFileName } from '../../../domain/file.ts';
import type { FormUploads, StoredUpload } from '../../../domain/form-uploads.ts';
import type { VideoDetails } from '../../../domain/media.ts';
import { limits } from '../../../protocol/limits.ts';

export const UPLOAD_FORM_PATH = '/upload';

/**
 * `POST /upload`: files as forms and `curl -F file=@film.mp4` send them (RFC 7578). They are passed on as they come; the answer,
 * `201` with a list of what was stored, is given when all of them are safe.
 */
export function serveUploadForm(app: FastifyInstance, uploads: FormUploads): void {
  void app.register(async scope => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.post(UPLOAD_FORM_PATH, async ({ raw }, reply) => {
      const videos = await readForm(raw, uploads);
      return reply.status(201).send({ videos });
    });
  });
}

async function readForm(request: IncomingMessage, uploads: FormUploads): Promise<readonly StoredUpload[]> {
  const gone = new AbortController();
  const leave = () => gone.abort(new VideoError('cancelled', {}));
  request.once('close', () => {
    if (!request.complete) leave();
  });
  const form = openForm(request);
  const stored: Promise<StoredUpload>[] = [];
  const fields = new Map<string, string>();
  try {
    await new Promise<void>((resolve, reject) => {
      form.on('file', (_field, stream, filename) => {
        const taking = takeFile(uploads, { stream, filename, request }, gone.signal);
        stored.push(taking);
        // One that is refused ends the form: nobody reads what comes behind it.
        taking.catch(reject);
      });
      form.on('field', (name, value) => void fields.set(name, value.replaceAll('\0', '').trim()));
      form.once('finish', resolve);
      form.once('error', error => reject(new VideoError('invalid_request', { reason: (error as Error).message }, { cause: error })));
      gone.signal.addEventListener('abort', () => reject(gone.signal.reason as Error), { once: true });
      request.pipe(form);
    });
    if (stored.length === 0) throw new VideoError('invalid_request', { reason: 'no file in the form' });
    const videos = await Promise.all(stored);
    for (const { id } of videos) await uploads.describe(id, detailsIn(fields));
    return videos;
  } catch (error) {
    leave();
    await Promise.allSettled(stored);
    request.unpipe(form);
    // The answer is read only by who may stop sending.
    request.resume();
    throw error;
  }
}

/** Fields `titulo` and `descripcion`, or `title` and `description`. */
function detailsIn(fields: ReadonlyMap<string, string>): Pick<VideoDetails, 'title' | 'description'> {
  const title = fields.get('titulo') || fields.get('title');
  const description = fields.get('descripcion') || fields.get('description');
  return { title: title?.slice(0, limits.titleMaxLength), description: description?.slice(0, limits.descriptionMaxLength) };
}

function takeFile(
  uploads: FormUploads,
  { stream, filename, request }: { readonly stream: NodeJS.ReadableStream; readonly filename: string; readonly request: IncomingMessage },
  signal: AbortSignal,
): Promise<StoredUpload> {
  const length = Number(request.headers['content-length']);
  const chunks = stream as unknown as AsyncIterable<Uint8Array>;
  return Promise.resolve().then(() => uploads.take({ name: parseFileName(filename), chunks, formBytes: Number.isSafeInteger(length) ? length : undefined }, { signal }));
}

function openForm({ headers }: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits: { fields: limits.formFieldsMax, fieldSize: limits.formFieldMaxBytes } });
  } catch (error) {
    throw new VideoError('invalid_request', { reason: (error as Error).message }, { cause: error });
  }
}
