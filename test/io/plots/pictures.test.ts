import test from 'ava';
import { openPictures } from '../../../lib/io/plots/pictures.ts';
import { label, page } from '../../../lib/domain/plots/svg.ts';

const sheet = { width: 120, height: 40, title: 'x', language: 'es' };

test('a picture is a PNG of twice as many points as the document has', async t => {
  const draw = await openPictures();
  const png = Buffer.from(draw(page(sheet)));
  t.is(png.subarray(1, 4).toString(), 'PNG');
  t.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [240, 80]);
});

test('letters are seen, whatever fonts the machine has', async t => {
  const draw = await openPictures();
  const drawn = (text: string, isBold = false) => Buffer.from(draw(page(sheet, label(text, 5, 20, { isBold }))));
  t.false(drawn('ñandú').equals(drawn('')));
  t.false(drawn('ñandú').equals(drawn('nandu')));
  t.false(drawn('ñandú', true).equals(drawn('ñandú')));
});
