import test from 'ava';
import { VideoError } from '../../lib/base/errors.ts';
import { createLog, silentLog } from '../../lib/base/log.ts';
import { PeerReports, type ReportPorts } from '../../lib/apps/peer-reports.ts';

const ID = 'a'.repeat(64);
const file = { name: 'faro.mp4', id: ID };
const source = '10.0.0.1:8776';

function openReports(report: (told: object) => Promise<unknown>, log = silentLog) {
  return new PeerReports({ registry: { report } as unknown as ReportPorts['registry'], log });
}

test('each peer is told of once for each kind of problem, of each download', async t => {
  const told: object[] = [];
  const reports = openReports(async report => void told.push(report));
  const { observer, noteFailure } = reports.of(file);
  observer.onPartCorrupt!(source, 3);
  observer.onPartCorrupt!(source, 4);
  observer.onSourceFailed!(source, new VideoError('source_stalled', { source, silentMs: 2000 }), 2);
  observer.onSourceFailed!('[::1]:8776', new VideoError('source_unreachable', { source, reason: 'ECONNREFUSED' }), 2);
  noteFailure(source, new VideoError('source_stalled', { source, silentMs: 2000 }));
  const expected = [
    { address: source, ...file, kind: 'corrupt', part: 3 },
    { address: source, ...file, kind: 'stalled' },
    { address: '[::1]:8776', ...file, kind: 'unreachable' },
  ];
  t.deepEqual(told, expected);
  reports.of({ name: 'otro.mp4' }).observer.onPartCorrupt!(source, 3);
  t.deepEqual(told.at(-1), { address: source, name: 'otro.mp4', kind: 'corrupt', part: 3 });
  await reports.settled();
});

test('what went wrong is told by its kind; what an honest peer may say is not, nor what another source did', t => {
  const kinds: unknown[] = [];
  const reports = openReports(async report => void kinds.push((report as { readonly kind: string }).kind));
  const kindOf = (error: VideoError) => {
    kinds.length = 0;
    reports.of(file).noteFailure(source, error);
    return kinds[0];
  };
  const refused = (status: number) => new VideoError('source_refused', { source, status });
  t.is(kindOf(new VideoError('source_protocol', { source, reason: 'etag' })), 'protocol');
  t.is(kindOf(new VideoError('invalid_manifest', { reason: 'id' })), 'protocol');
  t.is(kindOf(new VideoError('peer_lacks_file', { peer: source, name: 'faro.mp4' })), 'lacks');
  t.is(kindOf(new VideoError('peer_refused', { peer: source })), 'refused');
  t.deepEqual([403, 404, 416, 500].map(status => kindOf(refused(status))), ['refused', 'lacks', 'protocol', 'protocol']);
  t.deepEqual([401, 429, 503].map(status => kindOf(refused(status))), [undefined, undefined, undefined]);
  t.is(kindOf(new VideoError('cancelled', {})), undefined);
  kinds.length = 0;
  for (const id of ['secundario-2', 'https://example.org/faro.mp4', 'localhost:80']) reports.of(file).observer.onPartCorrupt!(id, 1);
  t.deepEqual(kinds, []);
});

test('a central that does not hear it disturbs nobody', async t => {
  const events: string[] = [];
  const reports = openReports(async () => Promise.reject(new VideoError('central_unreachable', { address: 'x' })), createLog((_level, event) => void events.push(event), 'debug'));
  reports.of(file).observer.onPartCorrupt!(source, 1);
  await reports.settled();
  t.deepEqual(events, ['request.failed']);
});
