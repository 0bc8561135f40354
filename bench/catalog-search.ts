import { join } from 'node:path';
import type { Catalog } from '../lib/domain/catalog.ts';
import { openCatalog } from '../lib/io/catalog/open.ts';
import { isPostgresUrl } from '../lib/io/catalog/postgres-url.ts';
import { fillWithNames, makeCatalog } from './catalog-names.ts';
import { DatabaseCpu } from './database-cpu.ts';
import { printResult, round, temporaryFolder } from './harness.ts';

/**
 * How long a page of a search or a list takes among so many names, in milliseconds: `catalog-search.js [names [asked]] [postgres://…]
 * [names-only]`; every other one has a title unless they are to have none.
 * Processor time, ours and the database's, is what it takes on a machine that has nothing else to do.
 */
const NAMES = Number(process.argv[2] ?? 1_000_000);
const LIMIT = 100;
/** Each question is asked with so many variations. */
const ASKED = Number(process.argv[3] ?? 200);
const TARGET_P99_MS = 20;
const TITLES = !process.argv.includes('names-only');

type Question = (catalog: Catalog, turn: number) => Promise<unknown>;

const search = (textOf: (turn: number) => string): Question => (catalog, turn) => catalog.search(textOf(turn), { limit: LIMIT });
const number = (turn: number) => String((turn * 104_729) % NAMES).padStart(7, '0');

const questions: Readonly<Record<string, Question>> = {
  'in every name': search(() => 'mp4'),
  'in a tenth': search(() => 'invierno'),
  'in a twentieth': search(turn => ['CANCION', 'montaña', 'perdida', 'última'][turn % 4]!),
  'two common words': search(turn => ['cancion norte', 'faro mp4', 'el mar azul'][turn % 3]!),
  'common, and all at the end': search(() => 'zulu'),
  'two common words that never meet': search(() => 'zulu cancion'),
  'one in a thousand': search(() => 'raro'),
  'one name by its number': search(turn => number(turn)),
  'one name by its word': search(() => 'unica'),
  'a common word and a number': search(turn => `mp4 ${number(turn)}`),
  'nowhere': search(() => 'xylofono'),
  'two letters, common': search(() => 'mk'),
  'two letters, at the end': search(() => 'zz'),
  'two letters, nowhere': search(() => 'qx'),
  'one letter, nowhere': search(() => '@'),
  'a page far on of a common word': (catalog, turn) => catalog.search('mp4', { limit: LIMIT, after: `/${700_000 + turn}` }),
  'a page far on, all at the end': (catalog, turn) => catalog.search('zulu cancion mp4', { limit: LIMIT, after: `/${turn}` }),
  'half of the titles': search(() => 'pelicula'),
  'in a tenth of the titles': search(turn => ['aventuras', 'EPOCA', 'misterio'][turn % 3]!),
  'one title in a thousand': search(() => 'documental'),
  'a word of the name and one of the title': search(turn => ['cancion guerra', 'terror perdida', 'norte pelicula'][turn % 3]!),
  'of name and title, and never together': search(() => 'raro guerra'),
  'two letters, of titles': search(() => 'pe'),
  'list by name': (catalog, turn) => catalog.list({ limit: LIMIT, after: `Niebla ${turn}` }),
  'list by date': (catalog, turn) => catalog.list({ limit: LIMIT, order: 'date', after: `${1_700_000_000_000 + turn * 10_000} m` }),
  'list by size': (catalog, turn) => catalog.list({ limit: LIMIT, order: 'size', after: `${turn * 10_000_000} m` }),
  'near names': (catalog, turn) => catalog.nearNames(`Cancoin del nrote ${number(turn)}.mp4`, 3),
};

await using folder = await temporaryFolder();
const path = join(folder.path, 'catalogo.sqlite');
/** Of an empty database, or of one that this bench filled. */
const given = process.argv.find(isPostgresUrl);
const url = given ?? `sqlite:${path}`;
await (given ? fillWithNames(url, NAMES, { titles: TITLES }) : makeCatalog(path, NAMES, { titles: TITLES }));
await using catalog = await openCatalog(url);
await using database = new DatabaseCpu(url);
const results: Record<string, { medianMs: number; p99Ms: number; cpuMedianMs: number; cpuP99Ms: number }> = {};
for (const [told, ask] of Object.entries(questions)) {
  const elapsed: number[] = [];
  const busy: number[] = [];
  await ask(catalog, 0);
  await database.find();
  for (let turn = 0; turn < ASKED; turn += 1) {
    const [cpu, databaseMs] = [process.cpuUsage(), database.spentMs()];
    const startedAtMs = performance.now();
    await ask(catalog, turn);
    elapsed.push(performance.now() - startedAtMs);
    const { user, system } = process.cpuUsage(cpu);
    busy.push((user + system) / 1000 + database.spentMs() - databaseMs);
  }
  const at = (values: readonly number[], share: number) => round(values.toSorted((a, b) => a - b)[Math.min(ASKED - 1, Math.floor(share * ASKED))]!);
  results[told] = { medianMs: at(elapsed, 0.5), p99Ms: at(elapsed, 0.99), cpuMedianMs: at(busy, 0.5), cpuP99Ms: at(busy, 0.99) };
}
printResult({ bench: 'catalog-search', database: new URL(url).protocol.slice(0, -1), names: NAMES, titles: TITLES, pageItems: LIMIT, targetP99Ms: TARGET_P99_MS, results });
