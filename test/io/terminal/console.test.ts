import { PassThrough, Writable } from 'node:stream';
import test from 'ava';
import type { Command } from '../../../lib/base/command.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { messagesIn } from '../../../lib/base/messages/index.ts';
import { runConsole } from '../../../lib/io/terminal/console.ts';
import { createProgress } from '../../../lib/io/terminal/progress.ts';
import { createScreen } from '../../../lib/io/terminal/screen.ts';
import { eventually } from '../../helpers/eventually.ts';
import { VirtualTerminal } from '../../helpers/virtual-terminal.ts';

const messages = messagesIn('es');
const commands: readonly Command[] = [
  {
    name: 'LISTA_VIDEOS',
    aliases: ['LISTAR'],
    help: 'los vídeos que hay',
    run: async (_argument, output) => output.table(['video', 'descargas'], [['a', '1']]),
  },
  {
    name: 'VIDEO',
    argument: 'nombre',
    help: 'descarga',
    async complete(typed) {
      if (typed === 'fallo') throw new VideoError('central_unreachable', { address: 'x' });
      return ['otra.mp4', 'otro.mp4', 'Una película'].filter(name => name.toLowerCase().startsWith(typed));
    },
    run: async (argument, output) => output.line(`[${argument}]`),
  },
  {
    name: 'FALLA',
    help: 'falla',
    async run() {
      throw new VideoError('file_not_found', { name: 'x', near: ['xy'] });
    },
  },
];

async function onPipe(input: string | PassThrough, own: readonly Command[] = commands, signal = new AbortController().signal) {
  let output = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      output += String(chunk);
      done();
    },
  });
  const source = typeof input === 'string' ? new PassThrough().end(input) : input;
  const screen = createScreen({ output: stream, errors: stream });
  await runConsole({ input: source, screen, messages, commands: own, prompt: '> ', onInterrupt() {}, signal });
  return output;
}

function onTerminal(own: readonly Command[] = commands) {
  const terminal = new VirtualTerminal(80, 14);
  const screen = createScreen({ output: terminal.output, errors: terminal.output });
  const stop = new AbortController();
  const interrupts: string[] = [];
  const ended = runConsole({
    input: terminal.keyboard,
    screen,
    messages,
    commands: own,
    prompt: '> ',
    onInterrupt: () => interrupts.push('SIGINT'),
    signal: stop.signal,
  });
  return { terminal, screen, stop, interrupts, ended };
}

test('a pipe gets answers in order, without prompt, and its end ends the console', async t => {
  t.is(await onPipe('LISTA_VIDEOS\n\n  video   mi película.mp4  \r\nlistar'), 'video|descargas\na|1\n[mi película.mp4]\nvideo|descargas\na|1\n');
});

test('the commands that were read are finished before the end of the pipe ends the console', async t => {
  let release: () => void = () => undefined;
  const held = new Promise<void>(resolve => (release = resolve));
  const slow: Command = {
    name: 'LENTO',
    help: '',
    async run(_argument, output) {
      await held;
      output.line('listo');
    },
  };
  const output = onPipe('lento\nlento\n', [slow]);
  setImmediate(release);
  t.is(await output, 'listo\nlisto\n');
});

test('h, help and ayuda list the commands, whatever their case', async t => {
  const lists = await Promise.all(['h', 'HELP', 'Ayuda', '?'].map(typed => onPipe(`${typed}\n`)));
  t.is(new Set(lists).size, 1);
  t.regex(lists[0]!, /LISTA_VIDEOS\s+los vídeos que hay\n {2}VIDEO nombre\s+descarga/);
});

test('an unknown command gives the nearest and points at ayuda', async t => {
  t.is(await onPipe('lista_video\n'), 'No conozco «lista_video»; ¿quería decir LISTA_VIDEOS? Con «ayuda» se ven las órdenes.\n');
  t.is(await onPipe('zzz\x1b[2J\n'), 'No conozco «zzz\\u{1b}[2J». Con «ayuda» se ven las órdenes.\n');
});

test('a command without its argument, or one that fails, is told in one line and the console goes on', async t => {
  const output = await onPipe('video\nfalla\nlistar\n');
  t.is(output, 'Falta algo: VIDEO nombre\nNo hay ningún vídeo «x». ¿Quería decir «xy»?\nvideo|descargas\na|1\n');
});

const asking: Command = {
  name: 'JOIN',
  help: 'pregunta',
  async run(_argument, output, { ask }) {
    output.line(`${await ask('IP: ')} ${await ask('puerto: ')}`);
  },
};

test('what a command asks for comes from the next lines of a pipe, and no question is written there', async t => {
  t.is(await onPipe('join\n 10.0.0.1 \n\nlistar\njoin\nx', [asking, ...commands]), '10.0.0.1 \nvideo|descargas\na|1\nx undefined\n');
});

test('in a terminal each question stands where the prompt was, and then the prompt is back', async t => {
  const { terminal, stop, ended } = onTerminal([asking]);
  await terminal.type('join\r');
  await eventually('the first question', async () => (await terminal.rows()).at(-1) === 'IP:');
  await terminal.type('10.0.0.1\r');
  await eventually('the second question', async () => (await terminal.rows()).at(-1) === 'puerto:');
  await terminal.type('87');
  await eventually('what is typed', async () => (await terminal.rows()).at(-1) === 'puerto: 87');
  await terminal.type('\r');
  await eventually('the prompt', async () => (await terminal.rows()).at(-1) === '>');
  t.deepEqual((await terminal.rows()).slice(1), ['> join', 'IP: 10.0.0.1', 'puerto: 87', '10.0.0.1 87', '>']);
  stop.abort();
  await ended;
});

test('salir ends the console and leaves the rest of the input', async t => {
  t.is(await onPipe('salir\nlistar\n'), '');
});

test('the signal ends a console that waits for input', async t => {
  const stop = new AbortController();
  const output = onPipe(new PassThrough(), commands, stop.signal);
  stop.abort();
  t.is(await output, '');
});

test('a silent input is not the end of the console; the signal is', async t => {
  const stop = new AbortController();
  const screen = createScreen({ output: new PassThrough(), errors: new PassThrough() });
  let isEnded = false;
  const ended = runConsole({
    input: new PassThrough().end(),
    isSilent: true,
    screen,
    messages,
    commands,
    prompt: '',
    onInterrupt() {},
    signal: stop.signal,
  }).then(() => (isEnded = true));
  await new Promise(resolve => setImmediate(resolve));
  t.false(isEnded);
  stop.abort();
  await ended;
  t.true(isEnded);
});

test('a terminal keeps what was typed while bars redraw and lines scroll above it', async t => {
  const { terminal, screen, ended } = onTerminal();
  const view = createProgress({ screen, language: 'es', messages }).open('película 日本.mp4');
  const sources = [{ id: 'secundario-1', state: 'active' as const, bytes: 40, rate: 10 }];
  await terminal.type('lis');
  for (let done = 0; done < 100; done += 1) {
    view.observer.onProgress?.({ sizeBytes: 200, doneBytes: done, rate: 1024 * 1024, etaMs: 5000, sources });
    screen.print(`línea ${done}`);
    if (done === 50) await terminal.shows('recibiendo');
  }
  await terminal.type('tar');
  const rows = await terminal.rows();
  t.is(rows.at(-1), '> listar');
  t.regex(rows.at(-3)!, /^película 日本\.mp4 +█+░+ +\d+ % +1 MiB\/s +quedan 0:05$/);
  t.regex(rows.at(-2)!, /^ {2}secundario-1 .* recibiendo$/);
  t.is(rows.at(-4), 'línea 99');
  view.close();
  t.deepEqual((await terminal.rows()).slice(-2), ['línea 99', '> listar']);
  await terminal.type('\r');
  t.deepEqual((await terminal.rows()).slice(-4), ['> listar', 'video|descargas', 'a|1', '>']);
  await terminal.type('\x04');
  await ended;
  t.is((await terminal.history()).filter(row => row.includes('█')).length, 0);
});

test('Tab completes command names in the typed case', async t => {
  const { terminal, ended } = onTerminal();
  await terminal.type('lista_\t');
  t.is((await terminal.rows()).at(-1), '> lista_videos');
  await terminal.type('\x15VI\t');
  t.is((await terminal.rows()).at(-1), '> VIDEO');
  await terminal.type('una peli\r');
  t.deepEqual((await terminal.rows()).slice(-3), ['> VIDEO una peli', '[una peli]', '>']);
  await terminal.type('\x1b[A');
  t.is((await terminal.rows()).at(-1), '> VIDEO una peli');
  await terminal.type('\x15\x04');
  await ended;
});

test('Tab completes what a command knows of its argument, and a command that cannot say changes nothing', async t => {
  const { terminal, ended } = onTerminal();
  const shows = (row: string) => eventually(`the terminal shows ${row}`, async () => (await terminal.rows()).includes(row));
  for (const [typed, shown] of [
    ['video una\t', '> video Una película'],
    ['\x15VIDEO o\t', 'otra.mp4  otro.mp4'],
    ['', '> VIDEO otr'],
    ['\x15VIDEO fallo\t', '> VIDEO fallo'],
    ['.mp4', '> VIDEO fallo.mp4'],
    ['\x15LISTAR x\t', '> LISTAR x'],
    ['y', '> LISTAR xy'],
  ] as const) {
    await terminal.type(typed);
    t.true(await shows(shown), shown);
  }
  await terminal.type('\x15\x04');
  await ended;
});

test('Ctrl-C in a terminal is handed on, and the signal wipes the prompt', async t => {
  const { terminal, stop, interrupts, ended } = onTerminal();
  await terminal.type('\x03');
  t.deepEqual(interrupts, ['SIGINT']);
  stop.abort();
  await ended;
  t.deepEqual(await terminal.rows(), [messages.common.console.welcome]);
});
