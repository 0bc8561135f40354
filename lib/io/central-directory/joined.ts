import type { CentralDirectory } from '../../domain/central-directory.ts';

/**
 * Several directories as one, the first one's centrals first. One that finds nothing is left out while another finds
 * something; when none does, the first one's error is thrown.
 */
export function joinedDirectory(directories: readonly CentralDirectory[]): CentralDirectory {
  if (directories.length === 1) return directories[0]!;
  const fresh = directories.map(({ freshMs }) => freshMs).filter(ms => ms !== undefined);
  return {
    name: directories.map(({ name }) => name).join(', '),
    freshMs: fresh.length > 0 ? Math.min(...fresh) : undefined,
    async locate({ signal } = {}) {
      const answers = await Promise.allSettled(directories.map(directory => directory.locate({ signal })));
      signal?.throwIfAborted();
      const urls = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []));
      const failure = answers.find(answer => answer.status === 'rejected');
      if (urls.length === 0 && failure) throw failure.reason;
      return [...new Set(urls)];
    },
  };
}
