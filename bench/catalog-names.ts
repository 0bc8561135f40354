import { MIB } from '../lib/base/units.ts';
import { foldText } from '../lib/domain/search-text.ts';
import { openStore, type CatalogStore } from '../lib/io/catalog/store.ts';
import { insertRows } from '../lib/io/catalog/table-rows.ts';

const FIRST = ['Árbol', 'Barco', 'Canción', 'Duelo', 'El mar', 'Faro', 'Galaxia', 'Historia', 'Isla', 'Jardín', 'La noche', 'Luz', 'Montaña', 'Niebla', 'Otoño', 'Puente', 'Río', 'Sombra', 'Tormenta', 'Verano'];
const SECOND = ['azul', 'blanca', 'de agua', 'de invierno', 'del norte', 'dorada', 'en flor', 'eterna', 'hueca', 'lejana', 'negra', 'oculta', 'perdida', 'quieta', 'rota', 'serena', 'sin fin', 'tardía', 'última', 'viva'];
const THIRD = ['aventuras', 'época', 'guerra', 'misterio', 'terror'];
const ROWS_A_STATEMENT = 500;

/**
 * So many names as people give them: `Canción del norte 0123456.mp4`. One name in a hundred begins with `Zz zulú`, at the very
 * end of the order; one in a thousand is `raro`; one alone is `único`. With `titles`, every other one has a title: `Película de aventuras
 * 0123456`, in which only the number is of its name; one in a thousand is `Documental`. A catalogue that has them stays as it is.
 */
export async function fillWithNames(url: string, names: number, { titles = false } = {}): Promise<void> {
  await using store = await openStore(url, { flag: '--base-datos' });
  await store.migrate();
  if ((await videosIn(store)) === names) return;
  const id = 'a'.repeat(64);
  const manifest = { id, name: 'a', size_bytes: 1, part_size_bytes: MIB, sha256: id, created_at_ms: 0, part_hashes: Buffer.alloc(32) };
  // A batch would be a transaction, and each of SQLite's leaves a piece of index that is to be merged.
  await store.db.transaction().execute(async db => {
    await insertRows(db, 'manifests', [manifest]);
    for (let at = 0; at < names; at += ROWS_A_STATEMENT) {
      await insertRows(db, 'videos', Array.from({ length: Math.min(ROWS_A_STATEMENT, names - at) }, (_, index) => ({ ...rowOf(at + index, names, id), ...(titles && { folded_title: foldText(titleOf(at + index, names)) }) })));
    }
  });
  await store.settle();
}

/** The same in a new SQLite file. */
export function makeCatalog(path: string, names: number, options?: Parameters<typeof fillWithNames>[2]): Promise<void> {
  return fillWithNames(`sqlite:${path}`, names, options);
}

async function videosIn({ db }: CatalogStore): Promise<number> {
  const { videos } = await db.selectFrom('videos').select(({ fn }) => fn.countAll<number>().as('videos')).executeTakeFirstOrThrow();
  return videos;
}

function rowOf(index: number, names: number, id: string) {
  const name = nameOf(index, names);
  const size = (index * 7919) % 1_000_000_007;
  return { name, folded_name: foldText(name), file_id: id, size_bytes: size, added_at_ms: 1_700_000_000_000 + index, holders: '1,2,3' };
}

function titleOf(index: number, names: number): string {
  if (index % 2 === 1) return '';
  return `${index % 1000 === 8 ? 'Documental' : 'Película'} de ${THIRD[(index / 2) % THIRD.length]!} ${numberOf(index, names)}`;
}

function numberOf(index: number, names: number): string {
  return String((index * 7919) % names).padStart(7, '0');
}

function nameOf(index: number, names: number): string {
  const number = numberOf(index, names);
  if (index === names >> 1) return `Sombra única ${number}.mp4`;
  if (index % 1000 === 7) return `Faro raro ${number}.mkv`;
  if (index % 100 === 3) return `Zz zulú ${number}.mp4`;
  return `${FIRST[index % FIRST.length]!} ${SECOND[Math.floor(index / FIRST.length) % SECOND.length]!} ${number}.mp4`;
}
