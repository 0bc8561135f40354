import test from 'ava';
import { parseStreamQuery, remuxHeaders } from '../../lib/protocol/stream.ts';

const id = '0'.repeat(64);

test('a file is asked for as it is, or as MP4 from some second on', t => {
  t.deepEqual(parseStreamQuery({ id }), { id, remux: undefined });
  t.deepEqual(parseStreamQuery({ id, formato: 'mp4' }), { id, remux: { fromS: 0 } });
  t.deepEqual(parseStreamQuery({ id, formato: 'mp4', desde: '75.25' }), { id, remux: { fromS: 75.25 } });
});

test('what means nothing is refused', t => {
  const wrong = [{}, { id: 'x' }, { id: [id, id] }, { id, formato: 'avi' }, { id, formato: ['mp4', 'mp4'] }, { id, desde: '5' }, ...['-1', '1e3', '', 'NaN', '1234567', ['1', '2']].map(desde => ({ id, formato: 'mp4', desde }))];
  for (const query of wrong) t.throws(() => parseStreamQuery(query), { code: 'invalid_request' }, JSON.stringify(query));
});

test('a film that was put into MP4 is called so', t => {
  const { 'Content-Disposition': disposition, 'Accept-Ranges': ranges } = remuxHeaders('Año 1. El faro.mkv', 'video/mp4');
  t.regex(String(disposition), /^inline; .*filename\*=UTF-8''A%C3%B1o%201\.%20El%20faro\.mp4$/);
  t.is(ranges, 'none');
});
