import test from 'ava';
import { parseStreamQuery, remuxHeaders } from '../../lib/protocol/stream.ts';

const id = '0'.repeat(64);
const parse = (query: string) => parseStreamQuery(new URLSearchParams(query));

test('a file is asked for as it is, or as MP4 from some second on', t => {
  t.deepEqual(parse(`id=${id}`), { id, remux: undefined });
  t.deepEqual(parse(`id=${id}&formato=mp4`), { id, remux: { fromS: 0 } });
  t.deepEqual(parse(`id=${id}&formato=mp4&desde=75.25`), { id, remux: { fromS: 75.25 } });
});

test('what means nothing is refused', t => {
  const film = `id=${id}`;
  const wrong = ['', 'id=x', `${film}&${film}`, `${film}&formato=avi`, `${film}&formato=mp4&formato=mp4`, `${film}&desde=5`, ...['-1', '1e3', '', 'NaN', '1234567', '1&desde=2'].map(desde => `${film}&formato=mp4&desde=${desde}`)];
  for (const query of wrong) t.throws(() => parse(query), { code: 'invalid_request' }, query);
});

test('a film that was put into MP4 is called so', t => {
  const { 'Content-Disposition': disposition, 'Accept-Ranges': ranges } = remuxHeaders('Año 1. El faro.mkv', 'video/mp4');
  t.regex(String(disposition), /^inline; .*filename\*=UTF-8''A%C3%B1o%201\.%20El%20faro\.mp4$/);
  t.is(ranges, 'none');
});
