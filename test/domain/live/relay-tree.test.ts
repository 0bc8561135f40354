import test from 'ava';
import fc from 'fast-check';
import { RelayTree } from '../../../lib/domain/live/relay-tree.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

/** A tree, and who takes from whom, kept as plainly as can be. */
class NaiveTree {
  readonly parents = new Map<string, string | undefined>();

  depthOf(id: string): number {
    const parent = this.parents.get(id);
    if (id === 'root') return 0;
    return parent === undefined ? Infinity : this.depthOf(parent) + 1;
  }

  isBelow(id: string, above: string): boolean {
    const parent = this.parents.get(id);
    return id === above || (parent !== undefined && this.isBelow(parent, above));
  }
}

const changes = fc.array(fc.record({ kind: fc.constantFrom('add', 'remove', 'attach', 'detach'), id: fc.constantFrom(...IDS), other: fc.constantFrom('root', ...IDS) }), { maxLength: 80 });

test('whatever happens to a tree, everybody knows how far from the root he is, and who takes from him', t => {
  fc.assert(
    fc.property(changes, steps => {
      const [tree, naive] = [new RelayTree('root'), new NaiveTree()];
      for (const { kind, id, other } of steps) {
        const isIn = naive.parents.has(id);
        if (kind === 'add' && !isIn) {
          tree.add(id);
          naive.parents.set(id, undefined);
        } else if (kind === 'remove' && isIn) {
          tree.remove(id);
          naive.parents.delete(id);
          for (const [child, parent] of naive.parents) if (parent === id) naive.parents.set(child, undefined);
        } else if (kind === 'attach' && isIn && naive.parents.get(id) === undefined && (other === 'root' || naive.parents.has(other)) && !naive.isBelow(other, id)) {
          tree.attach(id, other);
          naive.parents.set(id, other);
        } else if (kind === 'detach' && isIn) {
          tree.detach(id);
          naive.parents.set(id, undefined);
        }
      }
      for (const [id, parent] of naive.parents) {
        const place = tree.at(id);
        if (place.parent?.id !== parent || place.depth !== naive.depthOf(id)) return false;
        const children = [...naive.parents].filter(([, above]) => above === id).map(([child]) => child);
        if (place.children.size !== children.length || ![...place.children].every(child => children.includes(child.id))) return false;
      }
      return true;
    }),
  );
  t.pass();
});

test('two that exchange their places take each other’s parents and children, also when one took from the other', t => {
  const tree = new RelayTree('root');
  for (const [id, parent] of [['a', 'root'], ['b', 'a'], ['c', 'a'], ['d', 'b'], ['e', 'root'], ['f', 'e']] as const) {
    tree.add(id);
    tree.attach(id, parent);
  }
  const shape = () => Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map(id => [id, tree.at(id).parent?.id]));
  tree.exchange('a', 'b');
  t.deepEqual(shape(), { a: 'b', b: 'root', c: 'b', d: 'a', e: 'root', f: 'e' });
  tree.exchange('a', 'e');
  t.deepEqual(shape(), { a: 'root', b: 'root', c: 'b', d: 'e', e: 'b', f: 'a' });
  t.is(tree.at('d').depth, 3);
});

test('who hangs loose keeps those who take from him, and brings them back', t => {
  const tree = new RelayTree('root');
  for (const id of ['a', 'b', 'c']) tree.add(id);
  tree.attach('a', 'root');
  tree.attach('b', 'a');
  tree.attach('c', 'b');
  tree.detach('b');
  t.is(tree.at('c').depth, Infinity);
  t.deepEqual([...tree.levelByLevel()].map(({ id }) => id), ['root', 'a']);
  tree.attach('b', 'root');
  t.is(tree.at('c').depth, 2);
});
