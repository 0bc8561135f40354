import test from 'ava';
import { fileHeaders } from '../../lib/protocol/data.ts';
import { manifestOf } from '../helpers/manifests.ts';

const manifest = manifestOf(Buffer.from('<svg/>'));

test('a browser shows what only has pictures and sound, and saves what could run a program of its sender here', t => {
  const shown = (type: string) => String(fileHeaders(manifest, type)['Content-Disposition']).split(';')[0];
  for (const type of ['video/mp4', 'audio/mpeg', 'image/webp']) t.is(shown(type), 'inline', type);
  for (const type of ['image/svg+xml', 'text/html', 'application/xhtml+xml', 'application/pdf']) t.is(shown(type), 'attachment', type);
});
