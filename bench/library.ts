import { printResult, round, temporaryFolder } from './harness.ts';
import { startLibrary } from './library-central.ts';

/**
 * How long a central takes for what the page asks, with so many videos: over HTTP, one request after another, as `web/library/shelf.ts`
 * asks. The page goes on while the next one is on its way, so that a long next page delays nobody.
 */
const VIDEOS = Number(process.argv[2] ?? 100_000);
const ASKED = Number(process.argv[3] ?? 200);
const TARGET_FIRST_PAGE_P95_MS = 50;
const FIRST_ITEMS = 60;
const NEXT_ITEMS = 500;
const ORDERS = ['name', 'date', 'size'];
const WORDS = ['mp4', 'invierno', 'CANCION norte', 'zulu', 'raro', 'unica', 'mk', '0012345', 'xylofono'];
/** The first questions find a program that has just started. */
const WARM_UP = 10;

interface Page {
  readonly items: readonly unknown[];
  readonly next?: string;
}

await using folder = await temporaryFolder();
await using library = await startLibrary(folder.path, VIDEOS);
const questions: Readonly<Record<string, (turn: number) => Promise<readonly string[]>>> = {
  'the page itself': async () => ['/'],
  ...Object.fromEntries(ORDERS.map(order => [`first page by ${order}`, async () => [`/videos?order=${order}&limit=${FIRST_ITEMS}`]])),
  'first page, sums and machines at once': async () => [`/videos?order=name&limit=${FIRST_ITEMS}`, '/health', '/nodes'],
  ...Object.fromEntries(ORDERS.map(order => [`next page by ${order}`, nextPages(`/videos?order=${order}`)])),
  'first page of a search': async turn => [`/search?${new URLSearchParams({ q: WORDS[turn % WORDS.length]!, limit: String(FIRST_ITEMS) })}`],
  'next page of a search': nextPages('/search?q=mp4'),
  'back in the library': async () => [`/videos?order=name&limit=${FIRST_ITEMS + NEXT_ITEMS}`, '/health', '/nodes'],
};
const results: Record<string, { readonly medianMs: number; readonly p95Ms: number; readonly longestMs: number; readonly bytes: number }> = {};
for (const [told, pathsOf] of Object.entries(questions)) {
  const elapsed: number[] = [];
  let bytes = 0;
  for (let turn = -WARM_UP; turn < ASKED; turn += 1) {
    const paths = await pathsOf(Math.max(0, turn));
    const startedAtMs = performance.now();
    const answers = await Promise.all(paths.map(read));
    if (turn >= 0) elapsed.push(performance.now() - startedAtMs);
    bytes = answers.reduce((sum, { length }) => sum + length, 0);
  }
  elapsed.sort((one, other) => one - other);
  results[told] = { medianMs: round(elapsed[ASKED >> 1]!), p95Ms: round(elapsed[Math.floor(ASKED * 0.95)]!), longestMs: round(elapsed.at(-1)!), bytes };
}
printResult({ bench: 'library', videos: VIDEOS, asked: ASKED, targetFirstPageP95Ms: TARGET_FIRST_PAGE_P95_MS, results, peakRssMib: await library.central.peakRssMib() });

async function read(path: string): Promise<string> {
  const response = await fetch(library.url + path);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text;
}

/** One after another as somebody scrolls, from the second on; from the beginning again behind the last. */
function nextPages(path: string): () => Promise<readonly string[]> {
  const first = `${path}&limit=${FIRST_ITEMS}`;
  let last: string | undefined;
  return async () => {
    const { next } = JSON.parse(await read(last ?? first)) as Page;
    last = next === undefined ? undefined : `${path}&limit=${NEXT_ITEMS}&after=${encodeURIComponent(next)}`;
    return [last ?? first];
  };
}
