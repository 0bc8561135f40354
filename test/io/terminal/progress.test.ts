import { PassThrough } from 'node:stream';
import test from 'ava';
import { VideoError } from '../../../lib/base/errors.ts';
import { messagesIn } from '../../../lib/base/messages/index.ts';
import { textWidth } from '../../../lib/base/text-width.ts';
import type { DownloadProgress } from '../../../lib/domain/download/progress.ts';
import { barText } from '../../../lib/io/terminal/bar-text.ts';
import { createProgress } from '../../../lib/io/terminal/progress.ts';
import { createScreen } from '../../../lib/io/terminal/screen.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
import { VirtualTerminal } from '../../helpers/virtual-terminal.ts';

const messages = messagesIn('es');
const moment = (doneBytes: number, sizeBytes = 1000): DownloadProgress => ({
  sizeBytes,
  doneBytes,
  rate: 2048,
  etaMs: 61_000,
  sources: [
    { id: 'secundario-1', state: 'active', bytes: doneBytes / 2, rate: 1024 },
    { id: 'secundario-2', state: 'cooling', bytes: doneBytes / 2, rate: 1024 },
  ],
});

function plain(isJson: boolean) {
  const output = new PassThrough({ encoding: 'utf8' });
  const screen = createScreen({ output, errors: new PassThrough(), isJson });
  const view = createProgress({ screen, language: 'es', messages }).open('vídeo.mp4');
  return { view, text: () => String(output.read() ?? '') };
}

test('a pipe gets a line at each quarter and no control codes', t => {
  const { view, text } = plain(false);
  for (let done = 0; done <= 1000; done += 10) view.observer.onProgress?.(moment(done));
  view.close();
  t.is(
    text(),
    [
      'vídeo.mp4: 0 % (2 KiB/s, quedan 1:01)',
      'vídeo.mp4: 25 % (2 KiB/s, quedan 1:01)',
      'vídeo.mp4: 50 % (2 KiB/s, quedan 1:01)',
      'vídeo.mp4: 75 % (2 KiB/s, quedan 1:01)',
      'vídeo.mp4: 100 %',
      '',
    ].join('\n'),
  );
});

test('an empty file is whole at its first line', t => {
  const { view, text } = plain(false);
  view.observer.onProgress?.(moment(0, 0));
  t.is(text(), 'vídeo.mp4: 100 %\n');
});

test('with JSON each event is an object a line', t => {
  const { view, text } = plain(true);
  view.onWaiting(2);
  view.observer.onStart?.(10, manifestNamed('vídeo.mp4', 1));
  view.observer.onProgress?.({ ...moment(10), etaMs: Infinity });
  view.observer.onSourceFailed?.('secundario-1', new VideoError('source_stalled', { source: 'secundario-1', silentMs: 2000 }), 3);
  const lines = text().trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>);
  t.deepEqual(lines.map(({ event }) => event), ['waiting', 'start', 'progress', 'source']);
  t.true(lines.every(({ name }) => name === 'vídeo.mp4'));
  t.is(lines[2]!['etaMs'], null);
  t.like(lines[3]!, { source: 'secundario-1', state: 'failed', code: 'source_stalled', parts: 3 });
});

test('several downloads have their bars one under another, and each group leaves alone', async t => {
  const terminal = new VirtualTerminal(90, 20);
  const screen = createScreen({ output: terminal.output, errors: terminal.output });
  const progress = createProgress({ screen, language: 'es', messages });
  const first = progress.open('uno.mp4');
  const second = progress.open('dos.mp4');
  first.observer.onProgress?.(moment(500));
  second.observer.onProgress?.(moment(250));
  await terminal.shows('  secundario-2');
  await terminal.shows('25 %');
  const labels = (await terminal.rows()).map(row => row.trim().split(/\s/)[0]);
  t.deepEqual(labels, ['uno.mp4', 'secundario-1', 'secundario-2', 'dos.mp4', 'secundario-1', 'secundario-2']);
  t.regex((await terminal.rows())[2]!, /25 % +1 KiB\/s +en pausa$/);
  first.close();
  t.is((await terminal.rows()).length, 3);
  second.close();
  t.deepEqual(await terminal.rows(), []);
});

test('a bar fits in any terminal, whatever the name', t => {
  const label = '日本の映画 🎬 película con un nombre muy, muy largo que no cabe.mp4';
  for (let columns = 10; columns <= 160; columns += 1) {
    const text = barText(0.456, { label, rateText: '12,3 MiB/s', note: 'quedan 0:12' }, columns);
    t.true(textWidth(text) <= columns, `${columns}: ${text}`);
    if (columns >= 50) t.regex(text, /45 % .*12,3 MiB\/s {2}quedan 0:12$/);
  }
});
