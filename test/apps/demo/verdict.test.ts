import test from 'ava';
import { verdictOf } from '../../../lib/apps/demo/verdict.ts';
import type { DownloadRecord, SourceRecord } from '../../../lib/domain/statistics.ts';

const evidence = { originalSha256: 'a', downloadedSha256: 'a', victimId: 'secundario-2' };

test('an identical file whose dead source was replaced is the proof', t => {
  const victim = source('secundario-2', 30, { failures: 1, reassignedParts: 2 });
  const record = recordOf([source('secundario-1', 70), victim]);
  t.deepEqual(verdictOf({ ...evidence, record }), { isProved: true, record, victim });
});

test('another file, an unfinished one, or one that nobody rescued is none', t => {
  const good = recordOf([source('secundario-1', 70), source('secundario-2', 30, { failures: 1, reassignedParts: 2 })]);
  const missing = (more: object) => verdictOf({ ...evidence, record: good, ...more });
  t.like(missing({ downloadedSha256: 'b' }), { missing: 'identical' });
  t.like(missing({ record: undefined }), { missing: 'record' });
  t.like(missing({ record: { ...good, outcome: 'failed' } }), { missing: 'record' });
  t.like(missing({ victimId: 'secundario-1' }), { missing: 'rescue' });
  t.like(missing({ victimId: 'secundario-3' }), { missing: 'rescue' });
  t.like(missing({ record: recordOf([source('secundario-2', 30, { failures: 1, reassignedParts: 2 })]) }), { missing: 'rescue' });
});

function source(id: string, bytes: number, more: Partial<SourceRecord> = {}): SourceRecord {
  return { id, bytes, parts: 1, rate: 1, failures: 0, reassignedParts: 0, hashFailures: 0, duplicateBytes: 0, ...more };
}

function recordOf(sources: readonly SourceRecord[]): DownloadRecord {
  return {
    name: 'muestra.mp4',
    id: 'f'.repeat(64),
    sizeBytes: 100,
    path: 'muestra.mp4',
    outcome: 'done',
    startedAt: '2026-01-31T23:59:58.000Z',
    elapsedMs: 1,
    waitedMs: 0,
    rate: 1,
    parts: 3,
    receivedBytes: 100,
    resumedBytes: 0,
    duplicateBytes: 0,
    retries: 1,
    sources,
  };
}
