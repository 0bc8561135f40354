import type { ParentChoice } from './parent-choice.ts';
import { hasRoom, type Member, type RelayForest } from './relay-forest.ts';

/** Pairs that exchange their roles at a time: one of so many members. */
const MEMBERS_PER_EXCHANGE = 15;
/** Differences below this share of what everybody sends are not worth a change. */
const WORTH_A_CHANGE = 0.1;

/** Who sends much exchanges roles with who sends little: the busiest with the idlest, and so on. `relays`: those who may. */
export function exchangeRoles(relays: readonly Member[], forest: RelayForest, choice: ParentChoice, nowMs: number): void {
  if (relays.length < 2) return;
  const order = relays.toSorted((a, b) => b.weight - a.weight);
  const worthIt = (relays.reduce((sum, { weight }) => sum + weight, 0) / relays.length) * WORTH_A_CHANGE;
  const pairs = Math.min(Math.floor(order.length / 2), Math.ceil(order.length / MEMBERS_PER_EXCHANGE));
  for (let index = 0; index < pairs; index += 1) {
    const [busy, idle] = [order[index]!, order.at(-1 - index)!];
    if (busy.weight - idle.weight <= worthIt || busy.carried <= idle.carried) continue;
    if (busy.home === idle.home) handOverLeaf(busy, idle, busy.home!, forest, choice, nowMs);
    else exchange(busy, idle, forest, choice, nowMs);
  }
}

function exchange(busy: Member, idle: Member, forest: RelayForest, choice: ParentChoice, nowMs: number): void {
  const [busyHome, idleHome] = [busy.home!, idle.home!];
  const atHome = ({ places }: Member) => places[busyHome]!.children.size + places[idleHome]!.children.size;
  // Beside what each feeds elsewhere.
  const difference = atHome(busy) - atHome(idle);
  if (idle.carried + difference > idle.slots || busy.carried - difference > busy.slots) return;
  const mayChange = (from: Member, to: Member, index: number) =>
    forest.isFed(from, index) &&
    choice.mayTake(to, from.places[index]!.parent!.id, nowMs) &&
    forest.childrenOf(from, index).every(child => child === to || choice.mayTake(child, to.id, nowMs));
  const homes = [busyHome, idleHome];
  if (!homes.every(home => mayChange(busy, idle, home) && mayChange(idle, busy, home))) return;
  for (const home of homes) forest.exchange(busy, idle, home);
  forest.setHome(busy, idleHome);
  forest.setHome(idle, busyHome);
}

function handOverLeaf(busy: Member, idle: Member, index: number, forest: RelayForest, choice: ParentChoice, nowMs: number): void {
  if (busy.carried - idle.carried < 2 && busy.weight - idle.weight < 2 * busy.carried) return;
  const leaf = forest.childrenOf(busy, index).find(child => child !== idle && child.places[index]!.children.size === 0 && choice.mayTake(child, idle.id, nowMs));
  if (!leaf || !hasRoom(idle) || !forest.isFed(idle, index)) return;
  forest.detach(leaf, index);
  forest.attach(leaf, index, idle.id);
}
