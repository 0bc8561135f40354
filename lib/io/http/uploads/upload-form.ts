import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { FastifyInstance } from 'fastify';
import { VideoError } from '../../../base/errors.ts';
import { parseFileName } from '../../../domain/file.ts';
import type { FormUploads, StoredUpload } from '../../../domain/form-uploads.ts';
import type { VideoDetails } from '../../../domain/media.ts';
import { queryOf } from '../../../protocol/data.ts';
import { limits } from '../../../protocol/limits.ts';

export const UPLOAD_FORM_PATH = '/upload';

/** Of `reemplazar`; a box that is ticked says `on`. */
const YES: ReadonlySet<string> = new Set(['1', 'si', 'sí', 'true', 'on']);
const NO: ReadonlySet<string> = new Set(['', '0', 'no', 'false']);

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
        const taking = takeFile(uploads, { stream, filename, request, fields }, gone.signal);
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

/** The field `reemplazar`, or `replace`, before a file; or that in the query, for all of them. @throws VideoError `invalid_request` */
function isReplacing(fields: ReadonlyMap<string, string>, target: string): boolean {
  const query = queryOf(target);
  const values = ['reemplazar', 'replace'].flatMap(name => [fields.get(name), query.get(name)]).filter(value => typeof value === 'string');
  const other = values.find(value => !YES.has(value) && !NO.has(value));
  if (other !== undefined) throw new VideoError('invalid_request', { reason: 'reemplazar: 1, 0' });
  return values.some(value => YES.has(value));
}

/** Fields `titulo` and `descripcion`, or `title` and `description`. */
function detailsIn(fields: ReadonlyMap<string, string>): Pick<VideoDetails, 'title' | 'description'> {
  const title = fields.get('titulo') || fields.get('title');
  const description = fields.get('descripcion') || fields.get('description');
  return { title: title?.slice(0, limits.titleMaxLength), description: description?.slice(0, limits.descriptionMaxLength) };
}

/** Begins at once: what a field behind the file says comes too late for it, however fast it comes. */
async function takeFile(
  uploads: FormUploads,
  { stream, filename, request, fields }: { readonly stream: NodeJS.ReadableStream; readonly filename: string; readonly request: IncomingMessage; readonly fields: ReadonlyMap<string, string> },
  signal: AbortSignal,
): Promise<StoredUpload> {
  const length = Number(request.headers['content-length']);
  const chunks = stream as unknown as AsyncIterable<Uint8Array>;
  const formBytes = Number.isSafeInteger(length) ? length : undefined;
  return uploads.take({ name: parseFileName(filename), chunks, formBytes, isReplacing: isReplacing(fields, request.url!) }, { signal });
}

function openForm({ headers }: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits: { fields: limits.formFieldsMax, fieldSize: limits.formFieldMaxBytes } });
  } catch (error) {
    throw new VideoError('invalid_request', { reason: (error as Error).message }, { cause: error });
  }
}
