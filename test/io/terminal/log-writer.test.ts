import { PassThrough } from 'node:stream';
import test from 'ava';
import { messagesIn } from '../../../lib/base/messages/index.ts';
import { createLogWriter } from '../../../lib/io/terminal/log-writer.ts';
import { createScreen } from '../../../lib/io/terminal/screen.ts';
import { VirtualTerminal } from '../../helpers/virtual-terminal.ts';

const noon = new Date(2026, 0, 2, 12, 5, 9).getTime();
const node = { number: 3, silentMs: 6500 };

test('an event is a sentence in the reader’s language, with the time', t => {
  const output = new PassThrough({ encoding: 'utf8' });
  const screen = createScreen({ output, errors: new PassThrough() });
  for (const language of ['es', 'pt', 'en'] as const) {
    createLogWriter({ screen, messages: messagesIn(language), date: () => noon })('warn', 'node.suspected', node);
  }
  t.is(
    String(output.read()),
    [
      '12:05:09 Secundario 3 lleva 6,5 s en silencio.',
      '12:05:09 Secundário 3 está em silêncio há 6,5 s.',
      '12:05:09 Secondary 3 has been silent for 6.5 s.',
      '',
    ].join('\n'),
  );
});

test('with JSON the log goes to the error stream', t => {
  const [output, errors] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const screen = createScreen({ output, errors, isJson: true });
  createLogWriter({ screen, messages: messagesIn('es'), date: () => noon })('info', 'node.returned', { number: 3 });
  t.is(output.read(), null);
  t.is(String(errors.read()), '12:05:09 Secundario 3 ha vuelto.\n');
});

test('on a terminal log lines stand above the prompt, and what a name hides is not obeyed', async t => {
  const terminal = new VirtualTerminal();
  const screen = createScreen({ output: terminal.output, errors: terminal.output });
  screen.showPrompt({ prompt: '> ', typed: 'abc', cursor: 3 });
  const write = createLogWriter({ screen, messages: messagesIn('es'), date: () => noon, isColoured: true });
  write('error', 'file.removed', { name: 'a\x1b[2J\nb' });
  t.deepEqual(await terminal.rows(), ['12:05:09 «a\\u{1b}[2J\\u{a}b» ya no está en la carpeta.', '> abc']);
});
