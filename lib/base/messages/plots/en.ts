interface Faults {
  readonly failures: number;
  readonly hashFailures: number;
  readonly reassignedParts: number;
}

interface SeriesFacts {
  readonly bytes: string;
  readonly downloads: number;
  /** How long a bar lasts. */
  readonly bin: string;
  readonly date: string;
}

/** What is written in pictures of statistics, and said by the order that makes them. */
export const plotsEn = {
  centralOrderRows: [['graficar [--salida DIR]', 'draws the saved statistics, as SVG and PNG']] as readonly (readonly [string, string])[],
  clientOrderRows: [['graficar FILE [--salida DIR]', 'draws saved statistics (stats/cliente-X.json), as SVG and PNG']] as readonly (readonly [string, string])[],
  flags: {
    output: 'with "graficar": folder for the pictures; else graficos',
    download: 'with "graficar": download whose timeline is drawn, by number (1, the newest) or name',
  },
  outputForPlots: '--salida is for "graficar"',
  downloadForPlots: '--descarga is for "graficar"',
  downloadExpected: (kept: number) => `one of the last downloads that have a timeline: a number from 1, the newest, to ${kept}, or a name`,
  nothingYet: (path: string) => `There is nothing to draw yet: no download in ${path} has ended.`,
  noTimeline: 'No timeline is drawn: none of the downloads has kept one.',
  noPictures: (reason: string) => `No PNG can be made on this machine (${reason}); the SVG are there.`,
  downloads: 'Downloads',
  downloadsUnit: 'downloads',
  byVideo: 'Finished downloads by video',
  byClient: 'Finished downloads by client',
  byNode: 'What each secondary gave, and what went wrong',
  bySource: (client: string) => `What each source gave to ${client}, and what went wrong`,
  lastDay: 'The last 24 hours',
  lastMonths: 'The last 90 days',
  savedAt: (date: string) => `Until ${date}.`,
  shown: (shown: number, all: number, downloads: number) => (shown < all ? `The ${shown} first of ${all}; ${downloads} downloads in all.` : `${downloads} ${downloads === 1 ? 'download' : 'downloads'} in all.`),
  seriesNote: ({ bytes, downloads, bin, date }: SeriesFacts) => `${bytes} and ${downloads} ${downloads === 1 ? 'download' : 'downloads'} until ${date}. Each bar is ${bin}.`,
  lastDownloads: (downloads: number, date: string) => `The last ${downloads === 1 ? 'download' : `${downloads} downloads`}, until ${date}.`,
  newestDownloads: (shown: number, all: number, date: string) => `${shown < all ? `The newest ${shown} of ${all} downloads` : `${all} ${all === 1 ? 'download' : 'downloads'}`}${all === 1 ? '' : ', the newest first'}; until ${date}.`,
  rates: (client: string) => `Rate and duration of the downloads of ${client}`,
  rate: 'Rate',
  duration: 'Duration',
  ended: 'Downloads that ended',
  waiting: 'Time in the waiting list, on average',
  inLine: 'in the waiting list',
  given: 'Bytes given',
  faultsTitle: 'What went wrong',
  faultsUnit: 'times',
  failures: 'failures',
  reassignedParts: 'parts given by others',
  hashFailures: 'damaged parts',
  outcomes: { done: 'finished', failed: 'failed', cancelled: 'interrupted', expired: 'client gone' },
  clock: (timeZone: string) => `date and time (${timeZone})`,
  parts: (parts: number) => (parts === 1 ? '1 part' : `${parts} parts`),
  faults: ({ failures, hashFailures, reassignedParts }: Faults) => [
    ...(failures > 0 ? [failures === 1 ? '1 failure' : `${failures} failures`] : []),
    ...(hashFailures > 0 ? [hashFailures === 1 ? '1 damaged' : `${hashFailures} damaged`] : []),
    ...(reassignedParts > 0 ? [`${reassignedParts} by others`] : []),
  ],
  timeline: {
    title: (name: string) => `Download of “${name}”`,
    howToRead: 'A lane for each source; the height in it is the place in the file, from its beginning (0%) to its end.',
    time: (unit: string) => `time since the first request (${unit})`,
    outcomes: { done: 'received', cancelled: 'called off', failed: '× failure or silence', corrupt: '◆ damaged part' },
  },
};

export type PlotMessages = typeof plotsEn;
