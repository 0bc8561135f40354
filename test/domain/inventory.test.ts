import test from 'ava';
import * as fc from 'fast-check';
import type { AnnouncedFile, InventorySlice } from '../../lib/domain/catalog.ts';
import { Inventory } from '../../lib/domain/inventory.ts';

const fileOf = (name: string, content: number): AnnouncedFile => ({ name, id: String(content).padStart(64, '0'), sizeBytes: content });

/** What `Catalog.applyInventory` promises, for one node. */
class ListeningCentral {
  #inventoryId = '';
  #revision = 0;
  readonly #files = new Map<string, { readonly id: string; readonly inventoryId: string }>();

  apply({ inventoryId, fromRevision, toRevision, isComplete, added, removed }: InventorySlice): number {
    const known = inventoryId === this.#inventoryId ? this.#revision : 0;
    if (fromRevision !== known) return known;
    this.#inventoryId = inventoryId;
    for (const name of removed) this.#files.delete(name);
    for (const { name, id } of added) this.#files.set(name, { id, inventoryId });
    if (isComplete) {
      for (const [name, file] of this.#files) if (file.inventoryId !== inventoryId) this.#files.delete(name);
    }
    this.#revision = toRevision;
    return toRevision;
  }

  restart(): void {
    this.#inventoryId = '';
    this.#revision = 0;
  }

  get holdings(): Record<string, string> {
    return Object.fromEntries([...this.#files].map(([name, { id }]) => [name, id]));
  }
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('put' as const), name, content: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('remove' as const), name }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constantFrom('beat', 'lost request', 'lost answer', 'repeated request') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('node restarts', 'central restarts', 'node restarts empty') }) },
);

test('whatever is lost, repeated or restarted, the central ends with what the node holds', t => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), (actions, maxFiles) => {
      const central = new ListeningCentral();
      const held = new Map<string, AnnouncedFile>();
      let runs = 0;
      let inventory = new Inventory('run 0');
      let known = 0;
      const restartNode = () => {
        inventory = new Inventory(`run ${++runs}`);
        known = 0;
        for (const file of held.values()) inventory.put(file);
      };
      const beat = () => {
        const slice = inventory.slice(known, maxFiles);
        t.true(slice.added.length + slice.removed.length <= maxFiles);
        known = central.apply(slice);
        return slice;
      };
      for (const step of actions) {
        switch (step.type) {
          case 'put':
            held.set(step.name, fileOf(step.name, step.content));
            inventory.put(fileOf(step.name, step.content));
            break;
          case 'remove':
            held.delete(step.name);
            inventory.remove(step.name);
            break;
          case 'beat':
            beat();
            break;
          case 'lost answer':
            central.apply(inventory.slice(known, maxFiles));
            break;
          case 'repeated request':
            central.apply(beat());
            break;
          case 'central restarts':
            central.restart();
            break;
          case 'node restarts empty':
            held.clear();
            restartNode();
            break;
          case 'node restarts':
            restartNode();
            break;
          default:
            break;
        }
      }
      // In peace, each heartbeat goes on from the last answer; the first ones may be told to begin again.
      for (let beats = 0; beats < 60; beats += 1) beat();
      t.deepEqual(central.holdings, Object.fromEntries([...held].map(([held, { id }]) => [held, id])));
      t.is(known, inventory.revision);
    }),
  );
});

test('an empty inventory is told whole, and not mistaken for none', t => {
  const slice = new Inventory('run').slice(0, 10);
  t.deepEqual(slice, { inventoryId: 'run', fromRevision: 0, toRevision: 1, isComplete: true, added: [], removed: [] });
});

test('a delta has only what changed, each name once', t => {
  const inventory = new Inventory('run');
  for (const name of ['a', 'b', 'c']) inventory.put(fileOf(name, 1));
  const known = inventory.revision;
  inventory.put(fileOf('a', 2));
  inventory.put(fileOf('a', 3));
  inventory.remove('b');
  inventory.remove('never heard of');
  const slice = inventory.slice(known, 10);
  t.deepEqual(slice.added, [fileOf('a', 3)]);
  t.deepEqual(slice.removed, ['b']);
  t.deepEqual(inventory.slice(slice.toRevision, 10).added, []);
});

test('a revision that the node never reached starts the inventory again', t => {
  const inventory = new Inventory('run');
  inventory.put(fileOf('a', 1));
  t.is(inventory.slice(99, 10).fromRevision, 0);
  t.deepEqual(inventory.slice(99, 10).added, [fileOf('a', 1)]);
});
