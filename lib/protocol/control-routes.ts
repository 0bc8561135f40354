import { isContractProcedure } from '@orpc/contract';
import { controlContract } from './control.ts';

interface Route {
  /** `videos.list` */
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  readonly parameters: number;
}

/** Paths that older programs knew, and what they are called now. */
export const ALIASES: ReadonlyMap<string, string> = new Map([['/listar', '/videos']]);

const routes = routesOf(controlContract);
const DONE_ONCE: ReadonlySet<string> = new Set(['videos.remove', 'videos.restore', 'videos.rename', 'statistics.topics.register', 'statistics.topics.reset']);

/** What `Allow` says of a path of the contract (RFC 9110 §10.2.1); empty when there is no such path. */
export function methodsAllowedAt(path: string): readonly string[] {
  const methods = routes.filter(route => route.path.test(path)).map(({ method }) => method);
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}

/** The operation that answers a path; what stands there as it is written comes before what fills a parameter. */
export function findOperation(method: string, path: string): string | undefined {
  const found = routes.filter(route => route.method === method && route.path.test(path));
  return found.toSorted((one, other) => one.parameters - other.parameters)[0]?.operation;
}

/** Whether asking twice is as good as once; what takes a name away or gives one is done by the first, and fails for the second, and a number would count twice. */
export function isRepeatable(method: string, path: string): boolean {
  return !DONE_ONCE.has(findOperation(method, path) ?? '');
}

function routesOf(contract: object, keys: readonly string[] = []): readonly Route[] {
  if (!isContractProcedure(contract)) return Object.entries(contract).flatMap(([key, part]) => routesOf(part as object, [...keys, key]));
  const { method = 'POST', path = '/' } = contract['~orpc'].route;
  const parameters = path.split('{').length - 1;
  return [{ operation: keys.join('.'), method, path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`), parameters }];
}
