import type { ListedNode } from '../../protocol/control.ts';
import type { CentralState } from './state.ts';

/** The nodes that are not gone, in order of number, as the contract and the console show them. */
export function listedNodes({ registry, clock }: CentralState): ListedNode[] {
  return registry.all(clock.now()).map(({ number, url, state, mode, isDrained, zone, silentMs, copying, ...node }) => ({
    number,
    url,
    state,
    mode: isDrained ? ('drained' as const) : mode === 'draining' ? mode : ('active' as const),
    ...(zone !== undefined && { zone }),
    ...(silentMs !== undefined && { silentMs }),
    freeBytes: node.freeBytes,
    totalBytes: node.totalBytes,
    files: node.files,
    activeRequests: node.activeRequests,
    copying: copying.map(({ name }) => name),
  }));
}
