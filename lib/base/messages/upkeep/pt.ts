import type { MovedCounts, UpkeepMessages } from './en.ts';

export const upkeepPt: UpkeepMessages = {
  orderRows: [
    ['migrar --de URL --a URL', 'copia todo o catálogo para um banco de dados vazio e compara os dois'],
    ['respaldar ARQUIVO', 'uma cópia do catálogo SQLite, mesmo com o central funcionando'],
    ['ayuda', 'mostra esta ajuda'],
  ],
  examples: [
    ['videocentral --base-datos postgres://ana@host/videos', 'com o catálogo em PostgreSQL, que vários centrais podem compartilhar'],
    ['videocentral respaldar catálogo.sqlite', 'uma cópia de segurança enquanto o central funciona'],
  ],
  flags: {
    from: 'com «migrar»: banco de dados que se copia (sqlite:CAMINHO, postgres://…)',
    to: 'com «migrar»: banco de dados vazio que recebe a cópia',
  },
  flagsForMoving: '--de e --a servem para «migrar»',
  file: 'ARQUIVO',
  moving: (from: string, to: string) => `Copiando o catálogo de ${from} para ${to}…`,
  moved: (url: string, { videos, replicas }: MovedCounts) => `O catálogo está em ${url}, igual ao original: ${videos} ${videos === 1 ? 'vídeo' : 'vídeos'}, ${replicas} ${replicas === 1 ? 'réplica' : 'réplicas'}.`,
  backedUp: (path: string, size: string) => `O catálogo está copiado em ${path} (${size}).`,
};
