import test from 'ava';
import { contentOfName } from '../../lib/domain/naming.ts';

test('a name keeps its content while it is held, then goes to the first that waits, and is never without one again', t => {
  t.is(contentOfName('a', () => true, ['b']), 'a');
  t.is(contentOfName('a', () => false, ['b', 'c']), 'b');
  t.is(contentOfName('a', () => false, []), 'a');
  t.is(contentOfName(undefined, () => true, ['b']), 'b');
  t.is(contentOfName(undefined, () => true, []), undefined);
});
