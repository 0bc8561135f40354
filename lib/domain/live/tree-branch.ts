import type { Loss, ToParent, ToRoot } from './relay-messages.ts';
import type { Contact, MemberId } from './stream.ts';

export interface TreeBranchPorts {
  tell(to: Contact, message: ToParent): void;
  tellRoot(message: ToRoot): void;
  /** The first block of which this tree's slice is not here. */
  firstMissing(tree: number): number;
  /** How many take this tree from here. */
  children(tree: number): number;
}

/** From whom a viewer takes one tree: a parent, and for the time of a change the next one too, so that no slice falls between them. */
export class TreeBranch {
  readonly #tree: number;
  readonly #ports: TreeBranchPorts;
  #parent: Contact | undefined;
  #next: Contact | undefined;
  #backups: readonly Contact[] = [];
  #parentHeardMs = 0;
  #nextHeardMs = 0;

  constructor(tree: number, ports: TreeBranchPorts) {
    this.#tree = tree;
    this.#ports = ports;
  }

  get parent(): Contact | undefined {
    return this.#parent;
  }

  get backups(): readonly Contact[] {
    return this.#backups;
  }

  /** Whether that member is to send this tree here. */
  takesFrom(id: MemberId): boolean {
    return id === this.#parent?.id || id === this.#next?.id;
  }

  /** What the root wants. Without a parent, what there is goes on. */
  assign(parent: Contact | undefined, backups: readonly Contact[], nowMs: number): void {
    this.#backups = backups;
    if (this.#next && this.#next.id === parent?.id) return;
    this.#dropNext();
    if (!parent || parent.id === this.#parent?.id) return;
    if (this.#parent) {
      this.#next = parent;
      this.#nextHeardMs = nowMs;
    } else {
      this.#parent = parent;
      this.#parentHeardMs = nowMs;
    }
    this.#subscribe(parent);
  }

  /** Anything came from that member. */
  heard(from: MemberId, nowMs: number): void {
    if (from === this.#parent?.id) this.#parentHeardMs = nowMs;
    if (from === this.#next?.id) this.#nextHeardMs = nowMs;
  }

  /** The next one gives: the one before is not needed any more. */
  subscribed(to: MemberId): void {
    if (to !== this.#next?.id) return;
    if (this.#parent) this.#ports.tell(this.#parent, { type: 'unsubscribe', tree: this.#tree });
    this.#parent = this.#next;
    this.#parentHeardMs = this.#nextHeardMs;
    this.#next = undefined;
  }

  /** That member gives nothing good; when it is the parent, a backup takes its place at once, and the root is told. */
  lost(id: MemberId, why: Loss, nowMs: number): void {
    this.#backups = this.#backups.filter(backup => backup.id !== id);
    const lost = [this.#next, this.#parent].find(contact => contact?.id === id);
    if (!lost) return;
    // It may be there after all.
    if (why === 'late' || why === 'silent') this.#ports.tell(lost, { type: 'unsubscribe', tree: this.#tree });
    if (lost === this.#next) this.#next = undefined;
    else this.#replaceParent(nowMs);
    const now = this.#parent?.id;
    this.#ports.tellRoot({ type: 'lost', tree: this.#tree, parent: id, why, ...(now !== undefined && { now }) });
  }

  /** Those who are to give and said nothing for so long. */
  silent(nowMs: number, forMs: number): readonly MemberId[] {
    const givers = [[this.#parent, this.#parentHeardMs], [this.#next, this.#nextHeardMs]] as const;
    return givers.flatMap(([contact, heardMs]) => (contact && nowMs - heardMs > forMs ? [contact.id] : []));
  }

  /** The connection was ended from here, so that nothing old waits on it. */
  subscribeAgain(nowMs: number): void {
    this.#dropNext();
    if (!this.#parent) return;
    this.#parentHeardMs = nowMs;
    this.#subscribe(this.#parent);
  }

  /** This machine slept: what others said meanwhile was not heard. */
  slept(nowMs: number): void {
    this.#parentHeardMs = nowMs;
    this.#nextHeardMs = nowMs;
  }

  /** Takes nothing from anybody. */
  release(): void {
    this.#dropNext();
    if (this.#parent) this.#ports.tell(this.#parent, { type: 'unsubscribe', tree: this.#tree });
    this.#parent = undefined;
    this.#backups = [];
  }

  #replaceParent(nowMs: number): void {
    const [backup, ...rest] = this.#backups;
    this.#parent = this.#next ?? backup;
    this.#parentHeardMs = nowMs;
    if (this.#next) {
      this.#next = undefined;
    } else if (backup) {
      this.#backups = rest;
      this.#subscribe(backup);
    }
  }

  #dropNext(): void {
    if (this.#next) this.#ports.tell(this.#next, { type: 'unsubscribe', tree: this.#tree });
    this.#next = undefined;
  }

  #subscribe(to: Contact): void {
    const { firstMissing, children, tell } = this.#ports;
    tell(to, { type: 'subscribe', tree: this.#tree, from: firstMissing(this.#tree), children: children(this.#tree) });
  }
}
