import type { AnyContractProcedure } from '@orpc/contract';
import type { Access } from '../domain/roles.ts';
import type { ControlContract } from './control.ts';
import { findOperation } from './control-routes.ts';
import { HEALTH_PATH, parseFilePath } from './data.ts';

type AccessTo<Contract> = Contract extends AnyContractProcedure ? Access : { readonly [Key in keyof Contract]: AccessTo<Contract[Key]> };

/** Who may ask for what. An operation of the contract that is missing here does not compile. */
export const operationAccess: AccessTo<ControlContract> = {
  health: 'anyone',
  videos: { list: 'reader', search: 'reader', find: 'reader', explain: 'reader', remove: 'admin', restore: 'admin', rename: 'admin' },
  trash: { list: 'reader' },
  manifests: { get: 'reader', put: 'node' },
  nodes: { list: 'reader', heartbeat: 'node', drain: 'admin', retire: 'admin', reactivate: 'admin' },
  clients: { register: 'reader' },
  tickets: { open: 'reader', progress: 'reader', close: 'reader' },
  uploads: { open: 'uploader', find: 'uploader', replace: 'node' },
  statistics: { get: 'reader', series: 'reader', topics: { list: 'reader', register: 'contributor', get: 'reader', reset: 'admin' } },
};

/** Routes of the central that are none of the contract, whatever their method; one that is missing here is not served. */
export const plainAccess: readonly { readonly path: RegExp; readonly example: string; readonly access: Access }[] = [
  { path: /^\/openapi\.json$/, example: '/openapi.json', access: 'anyone' },
  { path: /^\/upload$/, example: '/upload', access: 'uploader' },
  { path: /^\/stream$/, example: '/stream', access: 'reader' },
  { path: /^\/statistics\.csv$/, example: '/statistics.csv', access: 'reader' },
  { path: /^\/files\//, example: '/files/faro.mp4', access: 'reader' },
];

export interface WantedRoute {
  readonly access: Access;
  /** Of the contract, as `videos.list`; undefined for a plain route. */
  readonly operation: string | undefined;
}

/** What stands at a path of the central, and who may ask for it; undefined when nothing does, or not for that method. */
export function routeAt(method: string, path: string): WantedRoute | undefined {
  const plain = plainAccess.find(row => row.path.test(path));
  if (plain) return { access: plain.access, operation: undefined };
  const operation = findOperation(method === 'HEAD' ? 'GET' : method, path);
  return operation === undefined ? undefined : { access: accessTo(operation), operation };
}

/** Of an operation of the contract, by its name. */
export function accessTo(operation: string): Access {
  let table: unknown = operationAccess;
  for (const key of operation.split('.')) table = (table as Readonly<Record<string, unknown>>)[key];
  return table as Access;
}

/** Who may ask a node for a path: whoever comes, or who has a token for the file; undefined when nothing is there. */
export function dataAccessAt(path: string): 'anyone' | 'token' | undefined {
  if (path === HEALTH_PATH) return 'anyone';
  return parseFilePath(path) && 'token';
}
