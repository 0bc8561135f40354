import { DetailedError, Upload } from 'tus-js-client';
import { ApiError, errorOf } from '../api.ts';
import { askForSecret, keptSecret } from '../secret.ts';

const PATH = '/subidas';
const RETRY_DELAYS_MS = [0, 500, 1000, 2000, 4000, 8000];
const HTTP_CONFLICT = 409;
const HTTP_LOCKED = 423;
const HTTP_SERVER_ERROR = 500;

export interface Sending {
  readonly name: string;
  readonly replaces: string | undefined;
  readonly signal: AbortSignal;
  readonly onResumed: () => void;
  readonly onSent: (bytes: number) => void;
}

/**
 * Sends a file by tus, from where an earlier page left it. Where it stands is kept in the browser by the file's name, size and
 * date. Resolves with its id, or without when it was not heard.
 *
 * @throws ApiError as the central answered; or the signal's reason
 */
export async function sendFile(file: File, sending: Sending): Promise<string | undefined> {
  for (;;) {
    const secret = keptSecret();
    try {
      return await sendOnce(file, sending, secret);
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.code === 'unauthorized' || error.code === 'role_required')) throw error;
      const role = error.details['role'] as string | undefined;
      if (keptSecret() === secret && !(await askForSecret({ isWrong: secret !== undefined, role }))) throw error;
    }
  }
}

async function sendOnce(file: File, { name, replaces, signal, onResumed, onSent }: Sending, secret: string | undefined): Promise<string | undefined> {
  signal.throwIfAborted();
  let id: string | undefined;
  let finish: (error?: unknown) => void;
  const finished = new Promise<void>((resolve, reject) => {
    finish = error => (error === undefined ? resolve() : reject(error as Error));
  });
  const upload = new Upload(file, {
    endpoint: PATH,
    metadata: { filename: name, ...(replaces !== undefined && { replaces }) },
    ...(secret !== undefined && { headers: { Authorization: `Bearer ${secret}` } }),
    fingerprint: async () => fingerprintOf(file, name),
    removeFingerprintOnSuccess: true,
    retryDelays: RETRY_DELAYS_MS,
    onShouldRetry: ({ originalRequest, originalResponse }) => {
      const status = originalResponse?.getStatus() ?? 0;
      if (status === 0 || status === HTTP_LOCKED) return true;
      // A conflict without a body of ours: the last connection still holds the upload.
      if (status === HTTP_CONFLICT) return !isAnswer(originalResponse!.getBody());
      // What was begun waits for its secondary to come back; what was not is refused at once, with a reason.
      return status >= HTTP_SERVER_ERROR && originalRequest.getMethod() !== 'POST';
    },
    onAfterResponse(_request, response) {
      id = idIn(response.getBody()) ?? id;
    },
    onProgress: onSent,
    onSuccess: () => finish(),
    onError: error => finish(toApiError(error)),
  });
  const onAbort = () => {
    void upload.abort();
    finish(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const [known] = (await upload.findPreviousUploads()).toSorted((a, b) => Date.parse(b.creationTime) - Date.parse(a.creationTime));
  if (known) {
    onResumed();
    upload.resumeFromPreviousUpload(known);
  }
  if (!signal.aborted) upload.start();
  try {
    await finished;
    return id;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function fingerprintOf({ size, lastModified }: File, name: string): string {
  return `subida/${size}/${lastModified}/${name}`;
}

function isAnswer(body: string): boolean {
  return body.startsWith('{');
}

function idIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { readonly id?: string }).id;
  } catch {
    return undefined;
  }
}

function toApiError(error: Error | DetailedError): ApiError {
  const response = error instanceof DetailedError ? error.originalResponse : undefined;
  if (response) return errorOf(response.getBody(), response.getStatus());
  const isOfNetwork = error instanceof DetailedError;
  return new ApiError(isOfNetwork ? 'central_unreachable' : 'file_unreadable', error.message, {}, { cause: error });
}
