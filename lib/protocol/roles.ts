import type { AnyContractProcedure } from '@orpc/contract';
import type { Access } from '../domain/roles.ts';
import type { ControlContract } from './control.ts';
import { CHANNEL_FILE_PATH, channelUrl } from './channel-files.ts';
import { findOperation } from './control-routes.ts';
import { DATA_METHODS, HEALTH_PATH, MANIFEST_PATH, parseFilePath, pathOf, READY_PATH } from './data.ts';
import { DOCS_PATH } from './docs-page.ts';
import { EVENTS_PATH } from './event-stream.ts';
import { METRICS_PATH } from './exposition.ts';
import { SESSION_PATH } from './session-cookie.ts';
import { isUploadPath } from './uploads.ts';

type AccessTo<Contract> = Contract extends AnyContractProcedure ? Access : { readonly [Key in keyof Contract]: AccessTo<Contract[Key]> };

/** Who may ask for what. An operation of the contract that is missing here does not compile. */
export const operationAccess: AccessTo<ControlContract> = {
  health: 'anyone',
  ready: 'anyone',
  videos: { list: 'reader', search: 'reader', find: 'reader', explain: 'reader', describe: 'uploader', remove: 'admin', restore: 'admin', rename: 'admin' },
  trash: { list: 'reader' },
  manifests: { get: 'reader', put: 'node' },
  nodes: { list: 'reader', heartbeat: 'node', drain: 'admin', retire: 'admin', reactivate: 'admin' },
  clients: { register: 'reader' },
  tickets: { open: 'reader', progress: 'reader', close: 'reader' },
  uploads: { open: 'uploader', find: 'uploader', replace: 'node' },
  // Whoever may read may share as well: nobody believes a peer, and each speaks for its own address alone.
  peers: { join: 'reader', update: 'reader', leave: 'reader', search: 'reader', report: 'reader' },
  channels: { list: 'reader', announce: 'uploader', withdraw: 'uploader' },
  activity: { get: 'reader' },
  statistics: { get: 'reader', series: 'reader', topics: { list: 'reader', register: 'contributor', get: 'reader', reset: 'admin' } },
};

/**
 * What reading takes in place of a secret, for who can send none: the cookie of a session of that role, or a token for the
 * file in the address.
 */
export type ReadProof = 'session' | 'token';

interface PlainRoute {
  readonly path: RegExp;
  readonly example: string;
  /** GET and HEAD where they are left out. */
  readonly methods?: readonly string[];
  readonly access: Access;
  /** For GET and HEAD. */
  readonly proofs?: readonly ReadProof[];
}

/** Routes of the central that are none of the contract; one that is missing here is not served. */
export const plainAccess: readonly PlainRoute[] = [
  { path: /^\/$/, example: '/', access: 'anyone' },
  { path: /^\/assets\//, example: '/assets/main.js', access: 'anyone' },
  { path: /^\/favicon\.svg$/, example: '/favicon.svg', access: 'anyone' },
  { path: /^\/openapi\.json$/, example: '/openapi.json', access: 'anyone' },
  // Names of clients, addresses and paths are told there.
  { path: /^\/events$/, example: `${EVENTS_PATH}?seguir=no`, access: 'admin', proofs: ['session'] },
  { path: /^\/metrics$/, example: METRICS_PATH, access: 'reader', proofs: ['session'] },
  { path: /^\/docs(?:\/[\w.-]+)?$/, example: DOCS_PATH, access: 'anyone' },
  { path: /^\/upload$/, example: '/upload', methods: ['POST'], access: 'uploader' },
  { path: /^\/subidas$/, example: '/subidas', methods: ['POST'], access: 'uploader' },
  { path: /^\/subidas\/\d{1,9}\/[0-9a-f]{64}$/, example: `/subidas/1/${'0'.repeat(64)}`, methods: ['HEAD', 'PATCH', 'DELETE'], access: 'uploader' },
  { path: /^\/stream$/, example: '/stream', access: 'reader', proofs: ['session', 'token'] },
  { path: CHANNEL_FILE_PATH, example: channelUrl('0123456789abcdef'), access: 'reader', proofs: ['session'] },
  { path: /^\/library\.m3u$/, example: '/library.m3u', access: 'reader', proofs: ['session'] },
  { path: /^\/statistics\.csv$/, example: '/statistics.csv', access: 'reader', proofs: ['session'] },
  { path: /^\/files\//, example: '/files/faro.mp4', access: 'reader', proofs: ['session'] },
  { path: /^\/sesion$/, example: SESSION_PATH, methods: ['POST'], access: 'reader' },
  // Who lost the secret may end what it opened.
  { path: /^\/sesion$/, example: SESSION_PATH, methods: ['DELETE'], access: 'anyone' },
];

export interface WantedRoute {
  readonly access: Access;
  /** What is as good as a secret there. */
  readonly proofs: readonly ReadProof[];
  /** Of the contract, as `videos.list`; undefined for a plain route. */
  readonly operation: string | undefined;
  /** Otherwise it is there for other methods: who may not ask for it does not learn which. */
  readonly isServed: boolean;
  /** What is told of requests to it in place of their paths: the operation, or the first word of a plain route. */
  readonly label: string;
}

/** What stands at a path of the central, and who may ask for it; undefined when nothing does, or an operation that has not that method. */
export function routeAt(method: string, path: string): WantedRoute | undefined {
  const there = plainAccess.filter(row => row.path.test(path));
  const served = there.find(row => methodsOf(row).includes(method));
  // Of several rows the one for whoever comes is the last.
  const plain = served ?? there.at(-1);
  const proofs = (DATA_METHODS as readonly string[]).includes(method) ? plain?.proofs : [];
  if (plain) {
    const label = pathOf(plain.example).split('/')[1] || 'page';
    return { access: plain.access, proofs: proofs ?? [], operation: undefined, isServed: served !== undefined, label };
  }
  const operation = findOperation(method === 'HEAD' ? 'GET' : method, path);
  return operation === undefined ? undefined : { access: accessTo(operation), proofs: [], operation, isServed: true, label: operation };
}

/** What `Allow` says of a plain path; empty for any other. */
export function plainMethodsAt(path: string): readonly string[] {
  return plainAccess.flatMap(row => (row.path.test(path) ? methodsOf(row) : []));
}

export function methodsOf({ methods = DATA_METHODS }: PlainRoute): readonly string[] {
  return methods;
}

/** Of an operation of the contract, by its name. */
export function accessTo(operation: string): Access {
  let table: unknown = operationAccess;
  for (const key of operation.split('.')) table = (table as Readonly<Record<string, unknown>>)[key];
  return table as Access;
}

/**
 * Who may ask a node for a path: whoever comes, who has a token for the file, or who is on its machine or has its secret;
 * undefined when nothing is there.
 */
export function dataAccessAt(path: string): 'anyone' | 'token' | 'keeper' | undefined {
  if (path === HEALTH_PATH || path === READY_PATH) return 'anyone';
  if (path === METRICS_PATH) return 'keeper';
  return parseFilePath(path) && 'token';
}

/** What is told of requests to a node in place of their paths. */
export function dataLabelAt(path: string): string {
  if (isUploadPath(path)) return 'uploads';
  if (path === MANIFEST_PATH) return 'manifest';
  if (!dataAccessAt(path)) return 'none';
  const target = parseFilePath(path);
  return target ? (target.document ?? 'files') : path.slice(1);
}
