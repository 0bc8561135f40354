import { Writable } from 'node:stream';
import test from 'ava';
import { createScreen, type ScreenOutput } from '../../../lib/io/terminal/screen.ts';
import { VirtualTerminal } from '../../helpers/virtual-terminal.ts';

function collector(): ScreenOutput & { readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return Object.assign(stream, { text: () => text });
}

const open = (terminal: VirtualTerminal) => createScreen({ output: terminal.output, errors: terminal.output });

test('printed lines stand above the bars, and the prompt below them', async t => {
  const terminal = new VirtualTerminal();
  const screen = open(terminal);
  screen.showPrompt({ prompt: '> ', typed: 'lis', cursor: 3 });
  screen.showBars(['bar one', 'bar two']);
  screen.print('first');
  screen.print('second');
  t.deepEqual(await terminal.rows(), ['first', 'second', 'bar one', 'bar two', '> lis']);
  t.deepEqual(await terminal.cursor(), { row: 4, column: 5 });
});

test('a block that shrinks or closes leaves nothing behind', async t => {
  const terminal = new VirtualTerminal();
  const screen = open(terminal);
  screen.showPrompt({ prompt: '> ', typed: '', cursor: 0 });
  screen.showBars(['one', 'two', 'three']);
  screen.showBars(['one']);
  t.deepEqual(await terminal.rows(), ['one', '>']);
  screen.print('done');
  screen.close();
  t.deepEqual(await terminal.rows(), ['done']);
  screen.close();
  t.deepEqual(await terminal.cursor(), { row: 1, column: 0 });
});

test('the block stays whole while hundreds of lines scroll', async t => {
  const terminal = new VirtualTerminal(40, 8);
  const screen = open(terminal);
  screen.showPrompt({ prompt: '> ', typed: 'abc', cursor: 1 });
  for (let line = 0; line < 300; line += 1) {
    screen.print(line % 7 === 0 ? `long ${'x'.repeat(75)} ${line}` : `line ${line}`);
    screen.showBars([`bar ${line}`]);
  }
  const rows = await terminal.rows();
  t.deepEqual(rows.slice(-4), ['line 298', 'line 299', 'bar 299', '> abc']);
  const history = await terminal.history();
  t.is(history.filter(row => row.startsWith('bar')).length, 1);
  t.is(history.filter(row => row.startsWith('line')).length, 300 - 43);
});

test('more bars than rows are cut with a count', async t => {
  const terminal = new VirtualTerminal(40, 6);
  const screen = createScreen({ output: terminal.output, errors: terminal.output, moreBars: hidden => `${hidden} more` });
  screen.showPrompt({ prompt: '> ', typed: '', cursor: 0 });
  screen.showBars(Array.from({ length: 9 }, (_, bar) => `bar ${bar}`));
  t.deepEqual(await terminal.rows(), ['bar 0', 'bar 1', 'bar 2', '6 more', '>']);
  screen.print('line');
  t.deepEqual(await terminal.rows(), ['line', 'bar 0', 'bar 1', 'bar 2', '6 more', '>']);
});

test('a typed line longer than the terminal shows the part around its cursor', async t => {
  const terminal = new VirtualTerminal(20, 6);
  const screen = open(terminal);
  const typed = 'abcdefghijklmnopqrstuvwxyz';
  screen.showPrompt({ prompt: '> ', typed, cursor: 26 });
  t.deepEqual(await terminal.rows(), ['> klmnopqrstuvwxyz']);
  t.deepEqual(await terminal.cursor(), { row: 0, column: 18 });
  screen.showPrompt({ prompt: '> ', typed, cursor: 0 });
  t.deepEqual(await terminal.rows(), ['> abcdefghijklmnop…']);
  t.deepEqual(await terminal.cursor(), { row: 0, column: 2 });
});

test('pasted control characters are shown, not obeyed', async t => {
  const terminal = new VirtualTerminal(40, 6);
  open(terminal).showPrompt({ prompt: '> ', typed: 'a\x1b[2Jb', cursor: 6 });
  t.deepEqual(await terminal.rows(), ['> a\\u{1b}[2Jb']);
});

test('wide characters do not push the cursor away from its place', async t => {
  const terminal = new VirtualTerminal(40, 6);
  const screen = open(terminal);
  screen.showPrompt({ prompt: '> ', typed: '日本🎬x', cursor: 4 });
  t.deepEqual(await terminal.cursor(), { row: 0, column: 8 });
});

test('a terminal that is resized gets the block again', async t => {
  const terminal = new VirtualTerminal(60, 8);
  const screen = open(terminal);
  screen.print('kept');
  screen.showPrompt({ prompt: '> ', typed: 'x', cursor: 1 });
  screen.showBars(['b'.repeat(58)]);
  terminal.resize(30, 8);
  t.deepEqual(await terminal.rows(), ['kept', `${'b'.repeat(28)}…`, '> x']);
});

test('where there is no terminal there are only lines, without control codes', t => {
  const output = collector();
  const errors = collector();
  const screen = createScreen({ output, errors });
  screen.showBars(['bar']);
  screen.showPrompt({ prompt: '> ', typed: '', cursor: 0 });
  screen.print('line');
  screen.printError('wrong');
  screen.close();
  t.is(output.text(), 'line\n');
  t.is(errors.text(), 'wrong\n');
});

test('with JSON the output has JSON lines and people read the error stream', t => {
  const output = collector();
  const errors = collector();
  const screen = createScreen({ output, errors, isJson: true });
  screen.print('line');
  screen.printJson({ name: 'ñ\n' });
  t.is(output.text(), '{"name":"ñ\\n"}\n');
  t.is(errors.text(), 'line\n');
});
