import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { DataStore, ERRORS, Server, Upload } from '@tus/server';
import type { Log } from '../../../base/log.ts';
import type { UploadDesk } from '../../../domain/incoming-uploads.ts';
import { parseUploadMetadata, UPLOADS_PATH, uploadIdOf } from '../../../protocol/uploads.ts';
import { toWireError, wireErrorOf } from '../control-errors.ts';

const UPLOAD_ID_BYTES = 32;

export type UploadHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Speaks tus 1.0.0 with its extensions `creation`, `creation-with-upload`, `creation-defer-length` and `termination`. */
export function createUploadHandler(desk: UploadDesk, { log }: { readonly log: Log }): UploadHandler {
  const datastore = new DeskStore(desk);
  const server = new Server({
    path: UPLOADS_PATH,
    relativeLocation: true,
    datastore,
    // No page of another place sends files here.
    allowedOrigins: [],
    namingFunction(_request, metadata = {}) {
      const { name, fileId, uploadId } = parseUploadMetadata(metadata);
      if (uploadId !== undefined) return uploadId;
      return fileId === undefined ? randomBytes(UPLOAD_ID_BYTES).toString('hex') : uploadIdOf({ name, fileId });
    },
    async onUploadFinish({ method }, { id }) {
      const manifest = await desk.finish(id);
      // What was created says where (a file without bytes is whole by then); else no 204, which has no body.
      return { status_code: method === 'POST' ? 201 : 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ id: manifest.id, sizeBytes: manifest.sizeBytes }) };
    },
    onResponseError(request, error) {
      if ('status_code' in error) return undefined;
      const { status, body } = wireErrorOf(toWireError(error, `${request.method} ${UPLOADS_PATH}`, log));
      return { status_code: status, body: JSON.stringify(body) };
    },
  });
  return async (request, response) => {
    // The package waits until its answer is sent: for ever, when there is nobody left to send it to.
    const gone = new Promise(resolve => response.once('close', resolve)).then(() => datastore.writesEnded());
    await Promise.race([server.handle(request, response), gone]);
  };
}

/** What the package asks of a store, asked of the desk. */
class DeskStore extends DataStore {
  readonly #desk: UploadDesk;
  readonly #writes = new Set<Promise<number>>();

  constructor(desk: UploadDesk) {
    super();
    this.#desk = desk;
    this.extensions = ['creation', 'creation-with-upload', 'creation-defer-length', 'termination'];
  }

  override async create(upload: Upload): Promise<Upload> {
    const { name, fileId, replaces } = parseUploadMetadata(upload.metadata ?? {});
    await this.#desk.begin({ uploadId: upload.id, name, fileId, replaces, sizeBytes: upload.size });
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const upload = await this.#desk.find(id);
    if (!upload) throw ERRORS.FILE_NOT_FOUND;
    return new Upload({ id, ...(upload.sizeBytes !== undefined && { size: upload.sizeBytes }), offset: upload.offsetBytes, metadata: { filename: upload.name } });
  }

  override write(stream: Readable, id: string, offset: number): Promise<number> {
    const write = this.#desk.append(id, stream, offset).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
    return write;
  }

  /** Those that are running now, of whichever upload. */
  async writesEnded(): Promise<void> {
    await Promise.allSettled(this.#writes);
  }

  override declareUploadLength(id: string, sizeBytes: number): Promise<void> {
    return this.#desk.setSize(id, sizeBytes);
  }

  override async remove(id: string): Promise<void> {
    await this.#desk.cancel(id);
  }
}
