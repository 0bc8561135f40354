import { createReadStream, type ReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { DefaultHttpStack, DetailedError, Upload, type HttpRequest } from 'tus-js-client';
import { systemCodeOf, VideoError } from '../../../base/errors.ts';
import { KIB } from '../../../base/units.ts';
import type { Limit } from '../../../domain/download/limited-sources.ts';
import type { FileToSend, UploadSender } from '../../../domain/upload-sender.ts';
import { isWireErrorCode, parseWireFacts, type WireError } from '../../../protocol/errors.ts';
import { formatUploadMetadata } from '../../../protocol/uploads.ts';

const HTTP_CONFLICT = 409;
const HTTP_LOCKED = 423;
/** So little that even at a low rate no connection is silent for long. */
const PACED_BYTES = 16 * KIB;

export interface TusSenderOptions {
  /** Certificates that are trusted besides the known ones. */
  readonly ca?: string | undefined;
  /** How fast all files together are sent, at most. */
  readonly limit?: Limit | undefined;
}

/** Sends files by tus 1.0.0. It asks first what is there already: what an earlier run sent is not sent again. */
export function createTusSender(options: TusSenderOptions = {}): UploadSender {
  return { send: (file, sending) => sendFile(file, { ...sending, ...options }) };
}

interface SendOptions extends TusSenderOptions {
  readonly onSent: (bytesThere: number) => void;
  readonly signal: AbortSignal;
}

async function sendFile(file: FileToSend, { onSent, signal, ca, limit }: SendOptions): Promise<void> {
  signal.throwIfAborted();
  const { url, uploadId, token, name, id, replaces } = file;
  const stream = createReadStream(file.path);
  let upload: Upload | undefined;
  let giveUp: (reason: unknown) => void = () => undefined;
  const onAbort = () => {
    giveUp(signal.reason);
    void upload?.abort();
  };
  try {
    await new Promise<void>((resolve, reject) => {
      giveUp = reject;
      upload = new Upload(asInput(stream), {
        endpoint: url,
        uploadUrl: `${url}/${uploadId}`,
        metadata: formatUploadMetadata({ name, fileId: id, uploadId, replaces }),
        ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
        httpStack: new PacedHttpStack(ca, limit, signal),
        // Others are tried by whoever called; only a wrong offset, or one that still holds the upload, is settled here.
        retryDelays: [0, 500, 1000, 2000],
        onShouldRetry: ({ originalResponse }) => [HTTP_CONFLICT, HTTP_LOCKED].includes(originalResponse?.getStatus() ?? 0) && answerOf(originalResponse?.getBody()) === undefined,
        onProgress: onSent,
        onSuccess: () => resolve(),
        onError: error => reject(toSendError(error, file)),
      });
      signal.addEventListener('abort', onAbort, { once: true });
      upload.start();
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
}

/** Keeps to the limit what the bodies of requests send. */
class PacedHttpStack extends DefaultHttpStack {
  readonly #limit: Limit | undefined;
  readonly #signal: AbortSignal;

  constructor(ca: string | undefined, limit: Limit | undefined, signal: AbortSignal) {
    super({ ca });
    this.#limit = limit;
    this.#signal = signal;
  }

  override createRequest(method: string, url: string): HttpRequest {
    const request = super.createRequest(method, url);
    const [limit, signal] = [this.#limit, this.#signal];
    if (!limit) return request;
    const send = request.send.bind(request);
    request.send = body => send(isSized(body) ? Object.assign(Readable.from(paced(body, limit, signal)), { size: body.size }) : body);
    return request;
  }
}

/** What the package makes of a file: it tells how much it is going to give. */
function isSized(body: unknown): body is Readable & { readonly size: number } {
  return body instanceof Readable && 'size' in body;
}

async function* paced(chunks: AsyncIterable<Buffer>, { bucket, clock }: Limit, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PACED_BYTES) {
      const piece = chunk.subarray(at, at + PACED_BYTES);
      await clock.sleep(bucket.take(piece.length, clock.now()), { signal });
      yield piece;
    }
  }
}

/** The package takes a `ReadStream` of Node, reads the file by its path, and its types know of browsers only. */
function asInput(stream: ReadStream): Buffer {
  return stream as unknown as Buffer;
}

function toSendError(error: Error | DetailedError, { url, path }: FileToSend): VideoError {
  if (['ENOENT', 'EACCES', 'EISDIR'].includes(systemCodeOf(error) ?? '')) return new VideoError('path_not_readable', { path }, { cause: error });
  const response = error instanceof DetailedError ? error.originalResponse : undefined;
  const source = new URL(url).host;
  if (!response) return new VideoError('source_unreachable', { source, reason: causeOf(error) }, { cause: error });
  return answerOf(response.getBody()) ?? new VideoError('source_refused', { source, status: response.getStatus() }, { cause: error });
}

function causeOf(error: Error | DetailedError): string {
  const cause = error instanceof DetailedError ? error.causingError : undefined;
  return systemCodeOf(cause) ?? error.message;
}

/** The error of ours in an answer; undefined when it is none. */
function answerOf(body: string | undefined): VideoError | undefined {
  try {
    const { code, details } = JSON.parse(body ?? '') as Partial<WireError>;
    if (code === undefined || !isWireErrorCode(code)) return undefined;
    const facts = parseWireFacts(code, details);
    return facts && new VideoError(code, facts);
  } catch {
    return undefined;
  }
}
