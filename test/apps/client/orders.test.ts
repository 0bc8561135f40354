import test from 'ava';
import { parseOrder, type OrderFlags } from '../../../lib/apps/client/orders.ts';
import { quotedWords } from '../../../lib/apps/client/trash-commands.ts';
import { messagesIn } from '../../../lib/base/messages/index.ts';

const messages = messagesIn('es');

function order(words: readonly string[], flags: Partial<OrderFlags> = {}) {
  return parseOrder(words, { hasOutput: false, areMirrors: false, ...flags }, messages);
}

test('orders that change names take the words and the flags that they need', t => {
  t.deepEqual(order(['ELIMINAR', 'a', 'b c', 'a']), { type: 'remove', names: ['a', 'b c'], isSure: false });
  t.deepEqual(order(['eliminar', 'a'], { isSure: true }), { type: 'remove', names: ['a'], isSure: true });
  t.deepEqual(order(['restaurar', 'a'], { as: 'b' }), { type: 'restore', name: 'a', as: 'b' });
  t.deepEqual(order(['restaurar', '7']), { type: 'restore', name: '7' });
  t.deepEqual(order(['renombrar', 'a', 'b']), { type: 'rename', name: 'a', to: 'b' });
  t.deepEqual(order(['papelera']), { type: 'ask', command: 'PAPELERA', argument: '' });
  t.deepEqual(order(['listar'], { order: 'size' }), { type: 'list', order: 'size' });
});

test('what is missing, too much, or out of place is wrong usage', t => {
  const isWrong = (words: readonly string[], flags: Partial<OrderFlags> = {}) =>
    t.throws(() => order(words, flags), { code: 'usage' } as object, JSON.stringify([words, flags]));
  for (const words of [['eliminar'], ['restaurar'], ['restaurar', 'a', 'b'], ['renombrar', 'a'], ['renombrar', 'a', 'b', 'c'], ['papelera', 'a'], ['borrar', 'a']]) isWrong(words);
  isWrong(['eliminar', 'a'], { as: 'b' });
  isWrong(['listar'], { isSure: true });
  isWrong(['buscar', 'a'], { order: 'date' });
  isWrong(['eliminar', 'a'], { hasOutput: true });
});

test('names with spaces are written in quotes', t => {
  t.deepEqual(quotedWords('"el mar.mp4"  nuevo.mp4'), ['el mar.mp4', 'nuevo.mp4']);
  t.deepEqual(quotedWords(''), []);
});
