import { printable } from '../../base/printable.ts';

/** The lines that every peer writes exactly so, in whatever language the rest is. */
export const lines = {
  joined: (address: string, names: readonly string[]) => ['Sou peer', address, 'com arquivos', ...names.map(printable)].join(' '),
  found: (addresses: readonly string[]) => ['peers com arquivo solicitado:', ...addresses].join(' '),
  downloaded: (name: string, directory: string) => `Arquivo ${printable(name)} baixado com sucesso na pasta ${printable(directory)}`,
} as const;
