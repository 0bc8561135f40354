import type { MovedCounts, UpkeepMessages } from './en.ts';

export const upkeepEs: UpkeepMessages = {
  orderRows: [
    ['migrar --de URL --a URL', 'copia todo el catálogo a una base de datos vacía y compara los dos'],
    ['respaldar ARCHIVO', 'una copia del catálogo SQLite, aunque el central esté funcionando'],
    ['ayuda', 'muestra esta ayuda'],
  ],
  examples: [
    ['videocentral --base-datos postgres://ana@host/videos', 'con el catálogo en PostgreSQL, que pueden compartir varios centrales'],
    ['videocentral respaldar catálogo.sqlite', 'un respaldo mientras el central funciona'],
  ],
  flags: {
    from: 'con «migrar»: base de datos que se copia (sqlite:RUTA, postgres://…)',
    to: 'con «migrar»: base de datos vacía a la que se copia',
  },
  flagsForMoving: '--de y --a sirven para «migrar»',
  file: 'ARCHIVO',
  moving: (from: string, to: string) => `Copiando el catálogo de ${from} a ${to}…`,
  moved: (url: string, { videos, replicas }: MovedCounts) => `El catálogo está en ${url}, igual al original: ${videos} ${videos === 1 ? 'vídeo' : 'vídeos'}, ${replicas} ${replicas === 1 ? 'réplica' : 'réplicas'}.`,
  backedUp: (path: string, size: string) => `El catálogo está copiado en ${path} (${size}).`,
};
