import type { Activity, ControlClient, ListedChannel, ListedNode, ListedVideo, TrashedVideo } from '../lib/protocol/control.ts';
import { askForSecret, keptSecret } from './secret.ts';

export type { Activity, ListedChannel, ListedNode, ListedVideo, TrashedVideo };
type Answer<Operation extends (...input: never[]) => Promise<unknown>> = Awaited<ReturnType<Operation>>;
export type NodeList = Answer<ControlClient['nodes']['list']>;
export type Statistics = Answer<ControlClient['statistics']['get']>;
export type Series = Answer<ControlClient['statistics']['series']>;
export type UploadState = Answer<ControlClient['uploads']['find']>;
export type ChannelList = Answer<ControlClient['channels']['list']>;
export type Order = 'name' | 'date' | 'size';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

/** What the central refused, by its stable code, or `central_unreachable`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: object = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details as Readonly<Record<string, unknown>>;
  }
}

interface Asking {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

export const api = {
  health: (asking: Asking = {}) => ask<Answer<ControlClient['health']>>('GET', '/health', asking),
  list: (order: Order, page: { readonly after?: string | undefined; readonly limit: number }, signal: AbortSignal) =>
    ask<Page<ListedVideo>>('GET', '/videos', { query: { order, ...page }, signal }),
  search: (q: string, page: { readonly after?: string | undefined; readonly limit: number }, signal: AbortSignal) =>
    ask<Page<ListedVideo>>('GET', '/search', { query: { q, ...page }, signal }),
  find: (name: string, asking: Asking = {}) => ask<ListedVideo>('GET', '/video', { query: { name }, ...asking }),
  describe: (id: string, details: { readonly title: string; readonly description: string }) => ask<ListedVideo>('PATCH', '/video', { body: { id, ...details } }),
  rename: (name: string, to: string) => ask<ListedVideo>('POST', '/video/rename', { body: { name, to } }),
  remove: (name: string) => ask<{ readonly removed: readonly TrashedVideo[] }>('DELETE', '/video', { query: { name } }),
  restore: (trashId: number, as?: string) => ask<ListedVideo>('POST', '/video/restore', { body: { trashId, ...(as !== undefined && { as }) } }),
  trash: (after: string | undefined, asking: Asking = {}) => ask<Page<TrashedVideo>>('GET', '/trash', { query: { after }, ...asking }),
  nodes: (asking: Asking = {}) => ask<NodeList>('GET', '/nodes', asking),
  decide: (number: number, decision: 'drain' | 'reactivate' | 'retire') => ask<{ readonly files: number }>('POST', `/nodes/${number}/${decision}`, { body: {} }),
  channels: (asking: Asking = {}) => ask<ChannelList>('GET', '/channels', asking),
  activity: (asking: Asking = {}) => ask<Activity>('GET', '/activity', asking),
  uploadState: (id: string, name: string, asking: Asking = {}) => ask<UploadState>('GET', `/uploads/${id}`, { query: { name }, ...asking }),
  statistics: (asking: Asking = {}) => ask<Statistics>('GET', '/statistics', asking),
  endSession: () => request('DELETE', '/sesion', {}),
  series: (resolution: Series['resolution'], sinceMs: number | undefined, asking: Asking = {}) => ask<Series>('GET', '/statistics/series', { query: { resolution, sinceMs }, ...asking }),
};

/** Asks for a secret where one is needed, and then asks again. Rejects with an `ApiError`, or as the signal does. */
async function ask<T>(method: string, path: string, asking: Asking): Promise<T> {
  for (;;) {
    const secret = keptSecret();
    try {
      const response = await request(method, path, asking);
      return (await response.json()) as T;
    } catch (error) {
      if (!isSecretNeeded(error) || !(await getOtherSecret(error, secret))) throw error;
      asking.signal?.throwIfAborted();
    }
  }
}

export function isSecretNeeded(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.code === 'unauthorized' || error.code === 'role_required');
}

/** Resolves with whether there is another one than that which was refused. */
export async function getOtherSecret({ details }: ApiError, refused: string | undefined): Promise<boolean> {
  // Another request may have been answered with one meanwhile.
  return keptSecret() !== refused || askForSecret({ isWrong: refused !== undefined, role: details['role'] as string | undefined });
}

/** Once, with the secret that is kept. Rejects with an `ApiError` unless what was asked for comes, or as the signal does. */
export async function request(method: string, path: string, { query = {}, headers, body, signal }: Asking): Promise<Response> {
  const secret = keptSecret();
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : '';
  const response = await fetch(path + search, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }), ...(secret !== undefined && { authorization: `Bearer ${secret}` }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: signal ?? null,
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new ApiError('central_unreachable', String(error), {}, { cause: error });
  });
  if (response.ok) return response;
  throw errorOf(await response.text(), response.status);
}

/** Of a body `{code, message, details}`; of anything else by its status. */
export function errorOf(body: string, status: number): ApiError {
  try {
    const { code, message, details } = JSON.parse(body) as { readonly code?: string; readonly message: string; readonly details: object };
    if (code !== undefined) return new ApiError(code, message, details);
  } catch {
    // Not of the central: of a proxy before it.
  }
  return new ApiError('unknown', `HTTP ${status}`, { message: `HTTP ${status}` });
}

export function streamUrl(id: string): string {
  return `/stream?id=${id}`;
}

/** The film as MP4 from some second on, made while it is read. */
export function remuxPath(id: string, fromS: number): string {
  return `${streamUrl(id)}&formato=mp4&desde=${fromS.toFixed(3)}`;
}

/** The file by its name, or a document that describes it. */
export function fileUrl(name: string, suffix: '' | '.meta4' | '.torrent' = ''): string {
  return `/files/${encodeURIComponent(name)}${suffix}`;
}

/** A table of the statistics, for spreadsheets. */
export function csvUrl(table: 'videos' | 'clients' | 'nodes' | 'series' | 'downloads', resolution?: Series['resolution']): string {
  return `/statistics.csv?table=${table}${resolution ? `&resolution=${resolution}` : ''}`;
}
