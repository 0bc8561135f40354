import fc from 'fast-check';
import test from 'ava';
import { parseNameList } from '../../../lib/apps/client/name-list.ts';
import { limits } from '../../../lib/protocol/limits.ts';

test('a list has a name or URL a line; blank lines and comments mean nothing, and every line keeps its number', t => {
  const text = '\uFEFF# las de hoy\r\n\r\nfaro.mp4\r\n  mi película.mp4 \r\n#otra.mp4\r\nhttps://uno/x.mp4#t=3\r\nfaro.mp4';
  t.deepEqual([...parseNameList(text, 'lista.txt')], [
    ['faro.mp4', 3],
    ['mi película.mp4', 4],
    ['https://uno/x.mp4#t=3', 6],
  ]);
});

test('a line that can be no name is told by its number', t => {
  for (const [word, reason] of [
    ['uno\ttres', 'control'],
    ['\u0000PNG', 'control'],
    [Buffer.from([0x61, 0xff]).toString('utf8'), 'control'],
    ['x'.repeat(limits.nameListLineMaxLength + 1), 'too_long'],
  ] as const) {
    const error = t.throws(() => parseNameList(`bueno.mp4\n\n${word}\n`, 'l.txt'), { code: 'invalid_list' } as object);
    t.like(error, { facts: { list: 'l.txt', line: 3, reason } });
  }
});

test('a list without names is an error of the whole list', t => {
  for (const text of ['', '\n\n', '# nada\n']) {
    const error = t.throws(() => parseNameList(text, 'l.txt'), { code: 'invalid_list' } as object);
    t.deepEqual((error as unknown as { facts: object }).facts, { list: 'l.txt', reason: 'empty' });
  }
});

test('any names, written one a line, are read back in their order', t => {
  const name = fc.stringMatching(/^[^\s#\p{C}\uFFFD][^\p{C}\p{Z}\uFFFD]{0,40}$/u);
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1 }), fc.constantFrom('\n', '\r\n'), (names, lineEnd) => {
      t.deepEqual([...parseNameList(names.join(lineEnd), 'l').keys()], names);
    }),
  );
});
