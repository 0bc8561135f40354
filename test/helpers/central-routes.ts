import { accessTo, methodsOf, plainAccess, type ReadProof } from '../../lib/protocol/roles.ts';
import type { Access } from '../../lib/domain/roles.ts';
import { operationsOf } from './control-router.ts';

export interface CentralRoute {
  readonly method: string;
  /** With something in the place of each parameter. */
  readonly path: string;
  readonly access: Access;
  /** What reading takes there in place of a secret. */
  readonly proofs: readonly ReadProof[];
}

/** Every route of the central: those of the contract, by their other names too, and the plain ones. */
export function centralRoutes(): readonly CentralRoute[] {
  const contract = operationsOf().map(({ operation, procedure }) => {
    const { method = 'POST', path = '/' } = procedure['~orpc'].route;
    return { method, path: path.replace(/\{\w+\}/g, '1'), access: accessTo(operation), proofs: [] };
  });
  const plain = plainAccess.flatMap(row =>
    methodsOf(row)
      // Those of what GET is for are added below.
      .filter((method, _, all) => method !== 'HEAD' || !all.includes('GET'))
      .map(method => ({ method, path: row.example, access: row.access, proofs: row.proofs ?? [] })),
  );
  const routes = [...contract, ...plain, { method: 'GET', path: '/listar', access: accessTo('videos.list'), proofs: [] }];
  const heads = routes.filter(({ method }) => method === 'GET').map(route => ({ ...route, method: 'HEAD' }));
  return [...routes, ...heads];
}
