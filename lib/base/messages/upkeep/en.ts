/** What a move copied. */
export interface MovedCounts {
  readonly videos: number;
  readonly replicas: number;
}

/** Orders of `videocentral` on its catalogue: moving it and backing it up. */
export const upkeepEn = {
  orderRows: [
    ['migrar --de URL --a URL', 'copies the whole catalogue to an empty database, and compares both'],
    ['respaldar FILE', 'a copy of the SQLite catalogue, also while the central runs'],
    ['ayuda', 'shows this help'],
  ] as readonly (readonly [string, string])[],
  examples: [
    ['videocentral --base-datos postgres://ana@host/videos', 'with the catalogue in PostgreSQL, which several centrals may share'],
    ['videocentral respaldar catalogue.sqlite', 'a backup while the central runs'],
  ] as readonly (readonly [string, string])[],
  flags: {
    from: 'with "migrar": database that is copied (sqlite:PATH, postgres://…)',
    to: 'with "migrar": empty database that it is copied to',
  },
  flagsForMoving: '--de and --a are for "migrar"',
  file: 'FILE',
  moving: (from: string, to: string) => `Copying the catalogue from ${from} to ${to}…`,
  moved: (url: string, { videos, replicas }: MovedCounts) => `The catalogue is in ${url}, equal to the original: ${videos} ${videos === 1 ? 'video' : 'videos'}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}.`,
  backedUp: (path: string, size: string) => `The catalogue is copied to ${path} (${size}).`,
};

export type UpkeepMessages = typeof upkeepEn;
