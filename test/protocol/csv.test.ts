import test from 'ava';
import { formatCsv } from '../../lib/protocol/csv.ts';

test('a table is lines of CSV with a row of headings, whatever is in its texts', t => {
  const rows = [['película 🎬, «1».mp4', 1], ['"comillas"', 2.5], ['dos\nlíneas', 3], ['', 0]];
  t.is(
    formatCsv({ headings: ['video', 'downloads'], rows }),
    'video,downloads\r\n"película 🎬, «1».mp4",1\r\n"""comillas""",2.5\r\n"dos\nlíneas",3\r\n,0\r\n',
  );
});

test('no text is a formula for a spreadsheet, and numbers stay numbers', t => {
  const rows = [['=HYPERLINK("x")'], ['+1'], ['-2'], ['@SUM(A1)'], ['\t=1'], ['\r=1'], [-2], ['a=1']];
  t.is(formatCsv({ headings: ['x'], rows }), ['x', '"\'=HYPERLINK(""x"")"', "'+1", "'-2", "'@SUM(A1)", "'\t=1", '"\'\r=1"', '-2', 'a=1', ''].join('\r\n'));
});

test('a table without rows has its headings', t => {
  t.is(formatCsv({ headings: ['a', 'b'], rows: [] }), 'a,b\r\n');
});
