import { isContractProcedure } from '@orpc/contract';
import { controlContract } from './control.ts';

interface Route {
  readonly method: string;
  readonly path: RegExp;
}

const routes = routesOf(controlContract);

/** What `Allow` says of a path of the contract (RFC 9110 §10.2.1); empty when there is no such path. */
export function methodsAllowedAt(path: string): readonly string[] {
  const methods = routes.filter(route => route.path.test(path)).map(({ method }) => method);
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}

function routesOf(contract: object): readonly Route[] {
  if (!isContractProcedure(contract)) return Object.values(contract).flatMap(part => routesOf(part as object));
  const { method = 'POST', path = '/' } = contract['~orpc'].route;
  return [{ method, path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`) }];
}
