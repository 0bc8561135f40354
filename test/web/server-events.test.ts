import test from 'ava';
import { ServerEventReader } from '../../web/machines/server-events.ts';

const STREAM = 'retry: 2000\n\n:\n\nid: a-1\ndata: uno\n\nid: a-2\r\ndata:dos\r\ndata: y más\r\n\r\nevent: x\rdata\r\rid: a-3\n\n';

test('events are read the same wherever the network cuts them', t => {
  const events = [
    { id: 'a-1', data: 'uno' },
    { id: 'a-2', data: 'dos\ny más' },
    { id: 'a-2', data: '' },
  ];
  for (let size = 1; size <= STREAM.length; size += 1) {
    const reader = new ServerEventReader('');
    const pieces = Array.from({ length: Math.ceil(STREAM.length / size) }, (_, index) => STREAM.slice(index * size, (index + 1) * size));
    t.deepEqual(pieces.flatMap(piece => reader.push(piece)), events, `pieces of ${size}`);
    t.is(reader.lastId, 'a-3');
    t.is(reader.retryMs, 2000);
  }
});

test('an event that was cut off is asked for again', t => {
  const reader = new ServerEventReader('a-7');
  t.deepEqual(reader.push('id: a-8\ndata: half'), []);
  t.is(reader.lastId, 'a-7');
  t.deepEqual(reader.push('\n\n'), [{ id: 'a-8', data: 'half' }]);
  t.is(reader.lastId, 'a-8');
});

test('what makes no sense is passed over', t => {
  const reader = new ServerEventReader('a-7');
  t.deepEqual(reader.push('nonsense\nretry: soon\nid: a\0b\n: data: no\n\n'), []);
  t.is(reader.lastId, 'a-7');
  t.is(reader.retryMs, undefined);
});
