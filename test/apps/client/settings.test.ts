import test from 'ava';
import { centralUrlsOf, chosenCentrals } from '../../../lib/apps/central-urls.ts';
import { securedUrls } from '../../../lib/apps/tls-flags.ts';
import { parseOrder } from '../../../lib/apps/client/orders.ts';
import { clientNameOf } from '../../../lib/apps/client/settings.ts';
import { emptyStatistics, statisticsFileName, withDownload } from '../../../lib/apps/client/statistics.ts';
import { isClientStatistics } from '../../../lib/domain/statistics-guards.ts';
import { messagesIn } from '../../../lib/base/messages/index.ts';
import { TIMELINES_KEPT, type DownloadRecord, type TimelineRun } from '../../../lib/domain/statistics.ts';

const messages = messagesIn('es');
const record: DownloadRecord = {
  name: '__proto__',
  id: 'a'.repeat(64),
  sizeBytes: 10,
  path: './x',
  outcome: 'done',
  startedAt: '2026-01-01T00:00:00.000Z',
  elapsedMs: 5,
  waitedMs: 0,
  rate: 2000,
  parts: 1,
  receivedBytes: 10,
  resumedBytes: 0,
  duplicateBytes: 0,
  retries: 0,
  sources: [],
};

test('who names an authority asks centrals by HTTPS', t => {
  t.deepEqual(securedUrls(['http://a:1', 'https://b:2'], 'ca.pem'), ['https://a:1', 'https://b:2']);
  t.deepEqual(securedUrls(['http://a:1', 'https://b:2'], undefined), ['http://a:1', 'https://b:2']);
});

test('centrals are addresses between commas, with the common port or their own', t => {
  t.deepEqual(centralUrlsOf('localhost, 10.0.0.1:7,[::1]:8,fe80::1,host:80', 50_000, messages), [
    'http://localhost:50000',
    'http://10.0.0.1:7',
    'http://[::1]:8',
    'http://[fe80::1]:50000',
    'http://host:80',
  ]);
  t.deepEqual(centralUrlsOf('https://casa.example,HTTPS://[::1]:8, 10.0.0.1', 50_000, messages), [
    'https://casa.example:50000',
    'https://[::1]:8',
    'http://10.0.0.1:50000',
  ]);
  for (const wrong of ['', 'a,,b', 'http://x', 'https://', 'https://a/b', 'a/b', 'u@h', 'a b', 'a:99999', 'a?b']) {
    t.throws(() => centralUrlsOf(wrong, 50_000, messages), { code: 'invalid_flag' } as object, wrong);
  }
});

test('centrals are looked up in DNS by a domain or a name, and on the local network', t => {
  const places = centralUrlsOf('srv:Example.org, _videopartes._tcp.example.org,mdns:,MDNS:Casa-50000,host', 7, messages);
  const service = 'srv:_videopartes._tcp.example.org';
  t.deepEqual(places, [service, service, 'mdns:', 'mdns:casa-50000', 'http://host:7']);
  t.deepEqual(centralUrlsOf('srv:50000,mdns:80', 7, messages), ['http://srv:50000', 'http://mdns:80'], 'machines of those names');
  for (const wrong of ['srv:', 'srv:a b', 'srv:a..b', '_', 'mdns:a.b', 'mdns:-', 'mdns:a/b']) {
    t.throws(() => centralUrlsOf(wrong, 7, messages), { code: 'invalid_flag' } as object, wrong);
  }
});

test('the flags come before the environment, and the environment before this machine', t => {
  const chosen = (ipCentral: string | undefined, puertoCentral: number | undefined, variable?: string) =>
    chosenCentrals({ ipCentral, puertoCentral }, messages, { VIDEOPARTES_CENTRAL: variable });
  t.deepEqual(chosen(undefined, undefined), ['http://localhost:50000']);
  t.deepEqual(chosen(undefined, undefined, ' '), ['http://localhost:50000']);
  t.deepEqual(chosen(undefined, undefined, 'a:7,b'), ['http://a:7', 'http://b:50000']);
  t.deepEqual(chosen(undefined, undefined, 'srv:example.org'), ['srv:_videopartes._tcp.example.org']);
  t.deepEqual(chosen('c', undefined, 'a:7'), ['http://c:50000']);
  t.deepEqual(chosen(undefined, 9, 'a:7'), ['http://localhost:9'], 'a port alone is one of this machine');
  t.throws(() => chosen(undefined, undefined, 'http://x'), { code: 'invalid_flag', message: /VIDEOPARTES_CENTRAL/ } as object);
});

test('a client has a name of 1 to 100 characters', t => {
  t.is(clientNameOf('  Ana ', '--nombre', messages), 'Ana');
  for (const wrong of ['', '   ', 'x'.repeat(101)]) {
    t.throws(() => clientNameOf(wrong, '--nombre', messages), { code: 'invalid_flag' } as object);
  }
});

const noFlags = { hasOutput: false, areMirrors: false };

test('orders are found whatever their case, by the console’s names too', t => {
  const order = (...words: readonly string[]) => parseOrder(words, noFlags, messages);
  t.deepEqual(order('LISTA_VIDEOS'), { type: 'ask', command: 'LISTA_VIDEOS', argument: '' });
  t.deepEqual(order('Buscar', 'el', 'mar'), { type: 'ask', command: 'BUSCAR', argument: 'el mar' });
  t.deepEqual(order('descargar', 'a', 'b', 'a'), { type: 'get', names: ['a', 'b'], wishes: [] });
  t.deepEqual(order('h'), { type: 'help' });
  t.throws(() => order('constructor'), { code: 'usage' } as object);
});

test('URLs and metalinks are files of others; what else there is are videos of the catalogue', t => {
  t.deepEqual(parseOrder(['descargar', 'a.mp4', 'HTTPS://x/y', 'lista.meta4', 'ftp://x/y'], noFlags, messages), {
    type: 'get',
    names: ['a.mp4', 'ftp://x/y'],
    wishes: [
      { type: 'urls', urls: ['HTTPS://x/y'] },
      { type: 'metalink', path: 'lista.meta4' },
    ],
  });
});

test('--espejos makes one file of several URLs, and takes nothing else', t => {
  const mirrors = (...words: readonly string[]) => parseOrder(words, { hasOutput: true, areMirrors: true }, messages);
  t.deepEqual(mirrors('descargar', 'http://x/y', 'http://z/y'), {
    type: 'get',
    names: [],
    wishes: [{ type: 'urls', urls: ['http://x/y', 'http://z/y'] }],
  });
  t.throws(() => mirrors('descargar', 'http://x/y', 'a.mp4'), { code: 'usage' } as object);
  t.throws(() => parseOrder(['listar'], { hasOutput: false, areMirrors: true }, messages), { code: 'usage' } as object);
});

test('each client name has its own file of statistics, which is a safe name', t => {
  t.is(statisticsFileName('ana@casa'), 'cliente-ana@casa.json');
  const names = ['../../etc', 'a/b', 'a:b', 'a_b', 'ñandú', '日'.repeat(100), '日'.repeat(99)];
  const files = names.map(statisticsFileName);
  t.is(new Set(files).size, names.length);
  for (const file of files) {
    t.notRegex(file, /[/\\:]/);
    t.true(Buffer.byteLength(file) <= 200, file);
  }
});

test('downloads add up; only whole ones count for their video', t => {
  const empty = emptyStatistics('ana');
  const twice = [record, { ...record, outcome: 'failed' as const }, { ...record, outcome: 'cancelled' as const }].reduce(withDownload, empty);
  t.deepEqual(twice.totals, { downloads: 1, failed: 1, cancelled: 1, receivedBytes: 30, elapsedMs: 15 });
  t.is(Object.getOwnPropertyDescriptor(twice.videos, '__proto__')?.value, 1);
  t.deepEqual(twice.clientes, { ana: 1 });
  t.is(twice.downloads.length, 3);
  t.true(isClientStatistics(JSON.parse(JSON.stringify(twice))));
  for (const other of [null, [], {}, { ...twice, version: 2 }, { ...twice, program: 'videocentral' }]) t.false(isClientStatistics(other));
});

test('the last downloads keep their timeline, and older ones the rest of what is known of them', t => {
  const run: TimelineRun = { source: 'secundario-1', firstPart: 0, lastPart: 0, parts: 1, requests: 1, startMs: 0, endMs: 5, outcome: 'done' };
  const many = Array.from({ length: TIMELINES_KEPT + 2 }, (_, index) => ({ ...record, name: `${index}`, timeline: [run] }));
  const { downloads } = many.reduce(withDownload, emptyStatistics('ana'));
  t.deepEqual(downloads.map(({ timeline }) => timeline !== undefined), many.map((_, index) => index >= 2));
  t.deepEqual(downloads[0], { ...record, name: '0' });
});
