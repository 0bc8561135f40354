import test from 'ava';
import { isServiceLabel, serviceLabelOf, serviceNameOf } from '../../lib/protocol/service.ts';
import { answerTo, centralsIn, recordsOf, type ForeignRecord } from '../../lib/protocol/service-records.ts';

const central = { label: 'casa-50000', address: '192.168.1.10', port: 50_000 };
const SERVICE = '_videopartes._tcp.local';

test('a domain and the name of its service are the same', t => {
  t.is(serviceNameOf('example.org'), '_videopartes._tcp.example.org');
  t.is(serviceNameOf('_videopartes._tcp.example.org.'), '_videopartes._tcp.example.org');
  t.is(serviceNameOf('_otro._tcp.example.org'), '_otro._tcp.example.org');
  for (const wrong of ['', '.', 'a..b', 'a b', 'a/b', 'ñ.es', '-a.org', 'a'.repeat(64), 'a.'.repeat(200)]) t.is(serviceNameOf(wrong), undefined, wrong);
});

test('a central is called after its machine and its port, whatever the machine is called', t => {
  t.is(serviceLabelOf('Casa.example.org', 50_000), 'casa-50000');
  t.is(serviceLabelOf('ñandú_1', 7), 'and1-7');
  for (const hostname of ['', '---', 'x'.repeat(200), '…']) t.true(isServiceLabel(serviceLabelOf(hostname, 65_535)), hostname);
});

test('who asks for centrals learns everything in one answer', t => {
  const { answers, additionals } = answerTo([{ name: '_VideoPartes._tcp.LOCAL', type: 'PTR' }], [], central)!;
  t.deepEqual(answers.map(({ type }) => type), ['PTR']);
  t.deepEqual(additionals.map(({ type }) => type), ['SRV', 'TXT', 'A']);
  t.deepEqual(centralsIn([...answers, ...additionals], '9.9.9.9'), [{ label: 'casa-50000', host: '192.168.1.10', port: 50_000, priority: 0, weight: 0 }]);
});

test('a central answers for itself and its kind, and to nothing else', t => {
  const typesOf = (name: string, type: string) => answerTo([{ name, type }], [], central)?.answers.map(record => record.type);
  t.deepEqual(typesOf('casa-50000._videopartes._tcp.local', 'SRV'), ['SRV']);
  t.deepEqual(typesOf('casa-50000._videopartes._tcp.local', 'ANY'), ['SRV', 'TXT']);
  t.deepEqual(typesOf('casa-50000.local', 'A'), ['A']);
  t.is(typesOf('otra-50000.local', 'A'), undefined);
  t.is(typesOf('_http._tcp.local', 'PTR'), undefined);
  t.deepEqual(answerTo([{ name: '_services._dns-sd._udp.local', type: 'PTR' }], [], central), {
    answers: [{ type: 'PTR', name: '_services._dns-sd._udp.local', ttl: 4500, data: SERVICE }],
    additionals: [],
  });
});

test('what who asks still knows for long is not said again', t => {
  const known = (ttl: number) => [{ type: 'PTR', name: SERVICE, ttl, data: `casa-50000.${SERVICE}` }];
  const question = [{ name: SERVICE, type: 'PTR' }];
  t.is(answerTo(question, known(4000), central), undefined);
  t.not(answerTo(question, known(100), central), undefined);
});

test('what is taken back, of another service, or nonsense is no central', t => {
  t.deepEqual(centralsIn(recordsOf(central, 0), '9.9.9.9'), []);
  const srv = (name: string, data: unknown): ForeignRecord => ({ type: 'SRV', name, ttl: 10, data });
  const nonsense = [undefined, null, 'x', {}, { target: 'a.local' }, { target: 7, port: 7 }, { target: 'a.local', port: 0 }, { target: 'a.local', port: 65_536 }];
  for (const data of nonsense) t.deepEqual(centralsIn([srv(`a.${SERVICE}`, data)], '9.9.9.9'), []);
  t.deepEqual(centralsIn([srv('a._http._tcp.local', { target: 'a.local', port: 80 })], '9.9.9.9'), []);
});

test('a central that does not tell its address is where the answer came from', t => {
  const [found] = centralsIn([{ type: 'SRV', name: `a.${SERVICE}`, ttl: 10, data: { target: 'a.local', port: 7 } }], '9.9.9.9');
  t.like(found, { host: '9.9.9.9', port: 7 });
});
