import test from 'ava';
import fc from 'fast-check';
import {
  formatClientCount,
  formatClientList,
  formatLegacyAnswer,
  formatLegacyRequest,
  legacyPorts,
  parseClientCount,
  parseClientList,
  parseLegacyAnswer,
  parseLegacyRequest,
  type LegacyOperation,
} from '../../lib/protocol/legacy.ts';

const operations = fc.constantFrom<LegacyOperation>('join', 'list', 'leave', 'count');
const channels = fc.integer({ min: 0, max: 9 });
const addresses = fc.oneof(fc.ipV4(), fc.ipV6());
const asBytes = (text: string) => new TextEncoder().encode(text);

test('the codes and ports are those of the old protocol', t => {
  t.deepEqual(legacyPorts, { server: 6060, client: 9091 });
  const requests = (['join', 'list', 'leave', 'count'] as const).map((operation, channel) => formatLegacyRequest({ operation, channel }));
  t.deepEqual(requests, ['100', '111', '122', '133']);
  t.deepEqual([formatLegacyAnswer('accepted'), formatLegacyAnswer('full')], ['10', '00']);
  t.is(formatClientCount(12), '12');
});

test('a request that is written is read as it was meant', t => {
  fc.assert(fc.property(operations, channels, (operation, channel) => {
    t.deepEqual(parseLegacyRequest(formatLegacyRequest({ operation, channel })), { operation, channel });
  }));
});

test('a channel that is no digit is not written', t => {
  for (const channel of [-1, 10, 1.5, NaN]) t.throws(() => formatLegacyRequest({ operation: 'join', channel }), { instanceOf: RangeError });
});

test('what is no request is none', t => {
  for (const text of ['', '1', '10', '1000', '140', '000', '10a', 'GET', '10\n', ' 10', '１00']) t.is(parseLegacyRequest(text), undefined, JSON.stringify(text));
});

test('only two bytes are an answer', t => {
  t.is(parseLegacyAnswer(asBytes('10')), 'accepted');
  t.is(parseLegacyAnswer(asBytes('00')), 'full');
  for (const text of ['', '1', '11', '100', '10\n']) t.is(parseLegacyAnswer(asBytes(text)), undefined, JSON.stringify(text));
});

test('a list is written as Python writes it', t => {
  t.is(formatClientList([]), '[]');
  t.is(formatClientList(['127.0.0.1']), "['127.0.0.1']");
  t.is(formatClientList(['127.0.0.1', '10.0.0.2']), "['127.0.0.1', '10.0.0.2']");
  t.throws(() => formatClientList(["'], evil"]));
});

test('a list that is written is read back', t => {
  fc.assert(fc.property(fc.uniqueArray(addresses), list => {
    t.deepEqual(parseClientList(formatClientList(list)), list);
  }));
});

test('lists of other programs are read too', t => {
  const both = ['127.0.0.1', '10.0.0.2'];
  const variants = [
    '["127.0.0.1", "10.0.0.2"]',
    `  [ '127.0.0.1' ,"10.0.0.2", ]\r\n`,
    "['127.0.0.1','10.0.0.2']",
    "[u'127.0.0.1', u'10.0.0.2']",
    "[('127.0.0.1', 5000), ('10.0.0.2', 5001)]",
    "[['127.0.0.1', 5000], ('10.0.0.2',)]",
    "['127.0.0.1', '10.0.0.2', '127.0.0.1', 'somewhere']",
  ];
  for (const text of variants) t.deepEqual(parseClientList(text), both, text);
  for (const text of ['[]', ' [ ] ', "['']"]) t.deepEqual(parseClientList(text), [], text);
});

test('what is no list is none', t => {
  const texts = ['', '[', ']', "['127.0.0.1'", "'127.0.0.1'", "['127.0.0.1' '10.0.0.2']", "['127.0.0.1\"]", '[127.0.0.1]', "[,'127.0.0.1']", "[('127.0.0.1', 5000]", '[1]', 'None'];
  for (const text of texts) t.is(parseClientList(text), undefined, text);
});

test('no garbage makes a list of anything but addresses', t => {
  const piece = fc.constantFrom('[', ']', '(', ')', "'", '"', ',', ' ', '127.0.0.1', '::1', 'u', '5000', '\\', '\n', 'x');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), pieces => (parseClientList(pieces.join('')) ?? []).every(address => ['127.0.0.1', '::1'].includes(address))),
    { numRuns: 3000 },
  );
  t.pass();
});

test('a long list of nonsense is refused without delay', t => {
  for (const text of [`[${' '.repeat(65_000)}x]`, `[${"'a',".repeat(16_000)}x]`, `[('a'${', 1'.repeat(20_000)}]`]) t.is(parseClientList(text), undefined);
});

test('a count is a number, or none', t => {
  t.is(parseClientCount('7'), 7);
  t.is(parseClientCount(' 12\n'), 12);
  for (const text of ['', '-1', '1.5', '0x1', 'uno', '9999999999']) t.is(parseClientCount(text), undefined, text);
});
