import test from 'ava';
import { tableText } from '../../../lib/io/terminal/table.ts';
import { textWidth } from '../../../lib/base/text-width.ts';

const onPipe = { isTerminal: false, columns: 80 };
const onTerminal = { isTerminal: true, columns: 60 };
const nodes = [
  ['1', 'activo', 'http://127.0.0.1:50001'],
  ['2', 'caído', 'http://127.0.0.1:50002'],
];

for (const place of [onPipe, onTerminal]) {
  test(`two columns are exactly the ancestors' lines (terminal: ${place.isTerminal})`, t => {
    t.is(tableText(['video', 'descargas'], [['película 1.mp4', '3']], place), 'video|descargas\npelícula 1.mp4|3');
    t.is(tableText(['cliente', 'descargas'], [], place), 'cliente|descargas');
  });
}

test('more columns are aligned on a pipe', t => {
  t.is(
    tableText(['nodo', 'estado', 'url'], nodes, onPipe),
    'nodo  estado  url\n1     activo  http://127.0.0.1:50001\n2     caído   http://127.0.0.1:50002',
  );
});

test('more columns are drawn on a terminal and never wider than it', t => {
  const drawn = tableText(['nodo', 'estado', 'url'], [...nodes, ['3', 'activo', 'x'.repeat(200)]], onTerminal);
  t.true(drawn.includes('│ 2    │ caído'));
  t.true(drawn.split('\n').every(line => textWidth(line) <= 60));
});

test('control characters in a cell are shown, not obeyed', t => {
  t.is(tableText(['video', 'descargas'], [['a\x1b[2Jb\nc', '1']], onPipe), 'video|descargas\na\\u{1b}[2Jb\\u{a}c|1');
});
