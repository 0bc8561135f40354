import test from 'ava';
import { reportLines } from '../../../lib/apps/client/report.ts';
import { LANGUAGES, messagesIn, type Language } from '../../../lib/base/messages/index.ts';
import { MIB } from '../../../lib/base/units.ts';
import type { DownloadRecord, SourceRecord } from '../../../lib/domain/statistics.ts';

const source = (id: string, facts: Partial<SourceRecord> = {}): SourceRecord => ({
  id,
  bytes: 0,
  parts: 0,
  rate: 0,
  failures: 0,
  reassignedParts: 0,
  hashFailures: 0,
  duplicateBytes: 0,
  ...facts,
});

const record = (facts: Partial<DownloadRecord> = {}): DownloadRecord => ({
  name: 'faro.mp4',
  id: 'a'.repeat(64),
  sizeBytes: 64 * MIB,
  path: 'vídeos/faro.mp4',
  outcome: 'done',
  startedAt: '2026-01-31T23:59:58.000Z',
  elapsedMs: 2400,
  waitedMs: 0,
  rate: 20 * MIB,
  parts: 64,
  receivedBytes: 64 * MIB,
  resumedBytes: 0,
  duplicateBytes: 0,
  retries: 0,
  sources: [source('secundario-1', { bytes: 64 * MIB, parts: 64, rate: 20 * MIB })],
  ...facts,
});

const report = (facts: Partial<DownloadRecord>, language: Language = 'es') => reportLines(record(facts), language, messagesIn(language));

test('a download without trouble says what came, from whom and where it is, and nothing of rescues', t => {
  t.deepEqual(report({}), [
    '«faro.mp4»: descarga completa y verificada.',
    '  tamaño   64 MiB',
    '  tiempo   2,4 s a 20 MiB/s',
    '  fuente   secundario-1: 64 MiB (100 %) a 20 MiB/s',
    '  archivo  vídeos/faro.mp4',
  ]);
});

const troubled: Partial<DownloadRecord> = {
  receivedBytes: 48 * MIB,
  resumedBytes: 16 * MIB,
  duplicateBytes: MIB,
  sources: [
    source('secundario-10', { bytes: 24 * MIB, rate: 8 * MIB, failures: 2, reassignedParts: 5 }),
    source('secundario-2', { bytes: 24 * MIB, rate: 8 * MIB, failures: 1, reassignedParts: 1 }),
    source('secundario-3', { hashFailures: 2 }),
    source('secundario-4'),
  ],
};

test('a download with trouble says what was taken over and from whom, fetched again, resumed and duplicated', t => {
  t.deepEqual(report(troubled), [
    '«faro.mp4»: descarga completa y verificada.',
    '  tamaño   64 MiB (16 MiB ya estaban)',
    '  tiempo   2,4 s a 20 MiB/s',
    '  fuente   secundario-2: 24 MiB (50 %) a 8 MiB/s, 1 fallo',
    '  fuente   secundario-3: nada, 2 partes dañadas',
    '  fuente   secundario-10: 24 MiB (50 %) a 8 MiB/s, 2 fallos',
    '  rescate  6 partes de secundario-2 y secundario-10 las trajeron otras fuentes',
    '  rescate  2 partes dañadas de secundario-3 se trajeron de nuevo',
    '  rescate  1 MiB pedidos dos veces, por no esperar a la fuente más lenta',
    '  archivo  vídeos/faro.mp4',
  ]);
});

test('nobody else brought what the only source left', t => {
  const sources = [source('secundario-1', { bytes: 64 * MIB, rate: MIB, failures: 1, reassignedParts: 1 })];
  t.true(report({ sources }).includes('  rescate  1 parte que dejó secundario-1 se pidió de nuevo'));
});

test('a download that did not end rescued nothing', t => {
  t.false(report({ ...troubled, outcome: 'failed', error: 'disk_full' }).some(line => line.includes('rescate') || line.includes('archivo')));
});

for (const language of LANGUAGES) {
  test(`the report in ${language} has the same lines, all aligned`, t => {
    const lines = report(troubled, language);
    t.is(lines.length, 10);
    t.is(new Set(lines.slice(1).map(line => / {2}\S+\s+/.exec(line)![0].length)).size, 1);
    t.notRegex(lines.join('\n'), /undefined/);
  });
}
