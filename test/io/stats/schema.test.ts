import test from 'ava';
import {
  centralStatistics,
  DOWNLOADS_KEPT,
  increment,
  STATISTICS_VERSION,
  type CentralStatistics,
  type ClientStatistics,
  type SecondaryStatistics,
} from '../../../lib/domain/statistics.ts';
import { SESSIONS_KEPT, type LiveStatistics } from '../../../lib/domain/live/live-statistics.ts';
import { TIMELINE_RUNS_MAX } from '../../../lib/domain/download/timeline.ts';
import { noAmounts, RESOLUTIONS, seriesShapes } from '../../../lib/domain/time-series.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { isCentralStatistics, isClientStatistics, isLiveStatistics, isSecondaryStatistics } from '../../../lib/domain/statistics-guards.ts';
import { assertStatistics, isStatistics, readStatisticsFile } from '../../helpers/statistics-schema.ts';

const savedAt = '2026-01-31T23:59:58.000Z';

// The compiler holds the types to these values, and the schemas are held to them here: neither can move alone.
const client: Required<ClientStatistics> = {
  version: STATISTICS_VERSION,
  program: 'videocliente',
  name: 'ana@casa',
  savedAt,
  clientes: increment({}, 'ana@casa'),
  videos: increment({}, '__proto__'),
  totals: { downloads: 1, failed: 0, cancelled: 0, receivedBytes: 10, elapsedMs: 1.5, sharedBytes: 10 },
  downloads: [
    {
      name: 'película 🎬.mp4',
      id: 'a'.repeat(64),
      sizeBytes: 10,
      path: './película 🎬.mp4',
      outcome: 'failed',
      startedAt: savedAt,
      elapsedMs: 1.5,
      waitedMs: 0,
      rate: 6666.7,
      parts: 1,
      receivedBytes: 10,
      resumedBytes: 0,
      duplicateBytes: 0,
      retries: 0,
      sources: [
        { id: 'secundario-1', bytes: 10, parts: 1, rate: 7000.5, failures: 0, reassignedParts: 0, hashFailures: 0, duplicateBytes: 0 },
      ],
      timeline: [{ source: 'secundario-1', firstPart: 0, lastPart: 0, parts: 1, requests: 1, startMs: 0, endMs: 1, outcome: 'done' }],
      error: 'disk_full',
    },
  ],
};

const central: Required<CentralStatistics> = {
  version: STATISTICS_VERSION,
  program: 'videocentral',
  savedAt,
  clientes: {},
  videos: {},
  totals: { downloads: 0, failed: 0, cancelled: 0, expired: 1, receivedBytes: 0, waitedMs: 0.5, failures: 1, hashFailures: 1, reassignedParts: 1 },
  byNode: { 7: { downloads: 1, bytes: 10, failures: 1, hashFailures: 1, reassignedParts: 1 } },
  series: { minute: [{ startsAtMs: 60_000, ...noAmounts, bytes: 10 }], hour: [{ startsAtMs: 0, ...noAmounts, bytes: 10 }] },
  topics: [{ topic: 'reproducciones', entries: [{ key: '__proto__', count: 1, sum: -1.5, min: -1.5, max: -1.5, last: -1.5, lastAtMs: 1 }] }],
  downloads: [
    { client: 'ana', name: 'a', outcome: 'expired', openedAt: savedAt, waitedMs: 0, elapsedMs: 0.5, receivedBytes: 0, failures: 1, hashFailures: 1, reassignedParts: 1 },
  ],
};

const secondary: Required<SecondaryStatistics> = {
  version: STATISTICS_VERSION,
  program: 'videosecundario',
  number: 1,
  savedAt,
  clientes: {},
  videos: {},
  totals: { requests: 0, servedBytes: 0, copies: 0, copiedBytes: 0, failedCopies: 0 },
};

const live: Required<LiveStatistics> = {
  version: STATISTICS_VERSION,
  program: 'videocanal',
  order: 'emitir',
  channel: 9,
  savedAt,
  totals: { sessions: 1, elapsedMs: 1, blocks: 1, missedBlocks: 1, bytes: 1, sentBytes: 1, lostParents: 1 },
  sessions: [{ startedAt: savedAt, elapsedMs: 1, joinMs: 1, blocks: 1, missedBlocks: 1, bytes: 1, sentBytes: 1, lostParents: 1 }],
};

const kinds = [
  { kind: 'client', value: client, guard: isClientStatistics },
  { kind: 'central', value: central, guard: isCentralStatistics },
  { kind: 'secondary', value: secondary, guard: isSecondaryStatistics },
  { kind: 'live', value: live, guard: isLiveStatistics },
] as const;

for (const { kind, value, guard } of kinds) {
  test(`the sample of a ${kind} is what its schema says, and the program reads it`, t => {
    const sample = readStatisticsFile(`sample-${kind}.json`);
    assertStatistics(t, kind, sample);
    t.true(guard(sample));
  });

  test(`the schema of a ${kind} has every key of its type`, t => {
    assertStatistics(t, kind, value);
    t.true(guard(value));
  });

  test(`the schema of a ${kind} refuses other keys, and keys that are missing`, t => {
    t.false(isStatistics(kind, { ...value, extra: 1 }));
    t.false(isStatistics(kind, { ...value, totals: { ...value.totals, extra: 1 } }));
    for (const key of Object.keys(value)) t.false(isStatistics(kind, { ...value, [key]: undefined }), key);
  });

  test(`a ${kind} goes on counting only from numbers`, t => {
    for (const broken of [undefined, [], { ...value, version: 2 }, { ...value, totals: {} }, { ...value, totals: { ...value.totals, [Object.keys(value.totals)[0]!]: -1 } }]) {
      t.false(guard(broken));
    }
    if ('videos' in value) t.false(guard({ ...value, videos: { a: -1 } }));
  });
}

test('schemas keep as many downloads and sessions as programs do', t => {
  t.like(readStatisticsFile('live.schema.json'), { properties: { sessions: { maxItems: SESSIONS_KEPT } } });
  for (const kind of ['client', 'central']) {
    t.like(readStatisticsFile(`${kind}.schema.json`), { properties: { downloads: { maxItems: DOWNLOADS_KEPT } } });
  }
  t.like(readStatisticsFile('client.schema.json'), { $defs: { download: { properties: { timeline: { maxItems: TIMELINE_RUNS_MAX } } } } });
});

test('schemas know how far back series go, and how many topics there may be', t => {
  const shapes = RESOLUTIONS.map(resolution => [resolution, { maxItems: seriesShapes[resolution].slotsMax }]);
  const entry = { properties: { key: { maxLength: limits.topicKeyMaxLength } } };
  const topic = { properties: { topic: { maxLength: limits.topicMaxLength }, entries: { maxItems: limits.keysPerTopicMax } } };
  t.like(readStatisticsFile('central.schema.json'), {
    properties: { series: { properties: Object.fromEntries(shapes) as object }, topics: { maxItems: limits.topicsMax } },
    $defs: { entry, topic },
  });
});

test('what version 0.1.0 of a central saved is counted on from', t => {
  const saved: unknown = {
    version: 1,
    program: 'videocentral',
    savedAt,
    clientes: { 'ana@casa': 1 },
    videos: { 'película.mp4': 1 },
    totals: { downloads: 1, failed: 0, cancelled: 0, expired: 1, receivedBytes: 262_144_000 },
    downloads: [{ client: 'ana@casa', name: 'película.mp4', outcome: 'done', openedAt: savedAt, waitedMs: 0, elapsedMs: 6204, receivedBytes: 251_658_240 }],
  };
  if (!isCentralStatistics(saved)) return t.fail();
  const completed = centralStatistics(saved);
  t.like(completed, { clientes: { 'ana@casa': 1 }, totals: { downloads: 1, expired: 1, receivedBytes: 262_144_000, waitedMs: 0, failures: 0 }, byNode: {} });
  assertStatistics(t, 'central', completed);
});

test('a central does not count on from series, sums or topics that are broken', t => {
  const [entry] = central.topics[0]!.entries;
  for (const broken of [
    { byNode: { 7: { downloads: 1 } } },
    { byNode: [] },
    { series: { minute: [] } },
    { series: { ...central.series, hour: [{ startsAtMs: 0 }] } },
    { topics: {} },
    { topics: [{ topic: 'x', entries: [{ ...entry, sum: null }] }] },
  ]) {
    t.false(isCentralStatistics({ ...central, ...broken }), JSON.stringify(broken));
  }
});
