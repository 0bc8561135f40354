import Database from 'libsql';
import { foldText } from '../lib/domain/search-text.ts';
import { openCatalog } from '../lib/io/catalog/open.ts';

const FIRST = ['Árbol', 'Barco', 'Canción', 'Duelo', 'El mar', 'Faro', 'Galaxia', 'Historia', 'Isla', 'Jardín', 'La noche', 'Luz', 'Montaña', 'Niebla', 'Otoño', 'Puente', 'Río', 'Sombra', 'Tormenta', 'Verano'];
const SECOND = ['azul', 'blanca', 'de agua', 'de invierno', 'del norte', 'dorada', 'en flor', 'eterna', 'hueca', 'lejana', 'negra', 'oculta', 'perdida', 'quieta', 'rota', 'serena', 'sin fin', 'tardía', 'última', 'viva'];
const ROWS_A_STATEMENT = 500;

/**
 * A catalogue of so many names as people give them, in a new SQLite file: `Canción del norte 0123456.mp4`. One name in a
 * hundred begins with `Zz zulú`, at the very end of the order; one in a thousand is `raro`; one alone is `único`.
 */
export async function makeCatalog(path: string, names: number): Promise<void> {
  await (await openCatalog(`sqlite:${path}`))[Symbol.asyncDispose]();
  const database = new Database(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072; BEGIN');
    const id = 'a'.repeat(64);
    database.exec(`INSERT INTO manifests (id, name, size_bytes, part_size_bytes, sha256, created_at_ms, part_hashes) VALUES ('${id}', 'a', 1, 1048576, '${id}', 0, x'00')`);
    const row = '(?, ?, ?, ?, ?, ?)';
    const insert = database.prepare(
      `INSERT INTO videos (name, folded_name, file_id, size_bytes, added_at_ms, holders) VALUES ${Array.from({ length: ROWS_A_STATEMENT }, () => row).join(', ')}`,
    );
    for (let at = 0; at < names; at += ROWS_A_STATEMENT) {
      const values: (string | number)[] = [];
      for (let index = at; index < at + ROWS_A_STATEMENT; index += 1) {
        const name = nameOf(index, names);
        values.push(name, foldText(name), id, (index * 7919) % 1_000_000_007, 1_700_000_000_000 + index, '1,2,3');
      }
      insert.run(...values);
    }
    database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}

function nameOf(index: number, names: number): string {
  const number = String((index * 7919) % names).padStart(7, '0');
  if (index === names >> 1) return `Sombra única ${number}.mp4`;
  if (index % 1000 === 7) return `Faro raro ${number}.mkv`;
  if (index % 100 === 3) return `Zz zulú ${number}.mp4`;
  return `${FIRST[index % FIRST.length]!} ${SECOND[Math.floor(index / FIRST.length) % SECOND.length]!} ${number}.mp4`;
}
