import { VideoError } from '../base/errors.ts';
import { DistrustedPeers } from './distrusted-peers.ts';
import type { FileId } from './file.ts';
import { HolderIndex } from './holder-index.ts';
import { packFacts, unpackFacts, type FileFacts, type PackedFacts, type PeerFile } from './peer-file.ts';

export interface PeerRegistrySettings {
  /** A peer that says nothing for so long is gone. */
  readonly leaseMs: number;
  readonly peersMax: number;
  /** Of all peers together. */
  readonly namesMax: number;
  readonly filesPerPeerMax: number;
}

export interface JoiningPeer {
  /** Known to the peer alone: whoever has it speaks for the peer. */
  readonly lease: string;
  /** Where it says it is: `IP:PORT`. */
  readonly address: string;
  /** Made by the peer, which answers with it where it is. */
  readonly identity: string;
  /** Whether it was the one that answered there. */
  readonly isReachable: boolean;
  /** It verifies the tokens of the central; left out: it does not. */
  readonly isGuarded?: boolean | undefined;
  readonly files: readonly PeerFile[];
}

export interface PeerStatus {
  readonly address: string;
  readonly identity: string;
  readonly isReachable: boolean;
  /** When it was last tried to be reached. */
  readonly checkedAtMs: number;
  readonly files: number;
  readonly leaseLeftMs: number;
  /** For so long its address is not offered; 0 when it is. */
  readonly distrustLeftMs: number;
}

/** A peer that is offered, as it announces one name. */
export interface AnnouncedFile extends FileFacts {
  readonly lease: string;
  readonly identity: string;
  readonly isGuarded: boolean;
}

/** A peer that has a file. */
export interface PeerOffer extends FileFacts {
  readonly address: string;
  readonly isGuarded: boolean;
}

export interface PeerChanges {
  readonly added?: readonly PeerFile[] | undefined;
  /** Names; they are taken away before others are added. */
  readonly removed?: readonly string[] | undefined;
}

interface Peer {
  readonly lease: string;
  readonly address: string;
  readonly identity: string;
  readonly isGuarded: boolean;
  isReachable: boolean;
  checkedAtMs: number;
  expiresAtMs: number;
  readonly files: Map<string, PackedFacts>;
}

/**
 * The peers that are there and the files that they have, as they say. A peer is there while its lease lasts, which whatever it
 * says renews; it is offered when it was reached at its address. Of peers that were reached at one address the last one counts.
 */
export class PeerRegistry {
  readonly #settings: PeerRegistrySettings;
  /** By lease, the one that was silent for longest first. */
  readonly #peers = new Map<string, Peer>();
  readonly #reached = new Map<string, Peer>();
  readonly #unreached = new Map<string, Peer>();
  /** Of those that were reached. */
  readonly #index = new HolderIndex<Peer>();
  readonly #distrusted: DistrustedPeers;
  #names = 0;

  constructor(settings: PeerRegistrySettings, distrusted = new DistrustedPeers()) {
    this.#settings = settings;
    this.#distrusted = distrusted;
  }

  get counts(): { readonly reached: number; readonly unreached: number; readonly names: number } {
    return { reached: this.#reached.size, unreached: this.#unreached.size, names: this.#names };
  }

  /**
   * Takes the place of whoever was at the address. Nothing changes when there is no room.
   *
   * @throws VideoError `peers_full`, `invalid_request` when it has too many files
   */
  join({ lease, address, identity, isReachable, isGuarded = false, files }: JoiningPeer, nowMs: number): void {
    const packed = new Map<string, PackedFacts>();
    for (const file of files) packed.set(file.name, packFacts(file));
    const replaced = this.#replacedBy(address, isReachable);
    const freed = replaced.reduce((sum, peer) => sum + peer.files.size, 0);
    const { peersMax } = this.#settings;
    if (this.#peers.size - replaced.length >= peersMax) throw new VideoError('peers_full', { what: 'peers', max: peersMax });
    this.#assertRoom(packed.size, packed.size - freed);
    for (const peer of replaced) this.#drop(peer);
    const peer = { lease, address, identity, isGuarded, isReachable, checkedAtMs: nowMs, expiresAtMs: nowMs + this.#settings.leaseMs, files: packed };
    this.#peers.set(lease, peer);
    this.#names += packed.size;
    this.#place(peer);
  }

  /**
   * Renews the lease too. Nothing changes when there is no room.
   *
   * @throws VideoError `peer_unknown`, `peers_full`, `invalid_request` when it has too many files
   */
  update(lease: string, { added = [], removed = [] }: PeerChanges, nowMs: number): void {
    const peer = this.#living(lease, nowMs);
    if (!peer) throw new VideoError('peer_unknown', { peer: lease });
    if (added.length + removed.length > 0) this.#change(peer, added, removed);
    this.#renew(peer, nowMs);
  }

  /** Its address; undefined when it was not there. */
  leave(lease: string): string | undefined {
    const peer = this.#peers.get(lease);
    if (peer) this.#drop(peer);
    return peer?.address;
  }

  /** What came of trying again to reach a peer. True when that is news. */
  reached(lease: string, isReachable: boolean, nowMs: number): boolean {
    const peer = this.#living(lease, nowMs);
    if (!peer) return false;
    peer.checkedAtMs = nowMs;
    if (peer.isReachable === isReachable) return false;
    this.#displace(peer);
    for (const other of this.#replacedBy(peer.address, isReachable)) this.#drop(other);
    peer.isReachable = isReachable;
    this.#place(peer);
    return true;
  }

  /** Peers that have a file of that very name and can be asked for it, the least recently offered first. */
  search(name: string, max: number, nowMs: number): readonly PeerOffer[] {
    const holders = this.#index.offer(name, max, peer => this.#isOffered(peer, nowMs));
    return holders.map(holder => offerOf(holder, name));
  }

  /** As `search`, of those whose file of that name is this very one. */
  holdersOf({ id, name }: { readonly id: FileId; readonly name: string }, max: number, nowMs: number): readonly PeerOffer[] {
    const isIt = (peer: Peer) => this.#isOffered(peer, nowMs) && unpackFacts(peer.files.get(name)!).id === id;
    return this.#index.offer(name, max, isIt).map(holder => offerOf(holder, name));
  }

  /** Undefined when nobody there is offered, or announces that name. */
  announcedAt(address: string, name: string, nowMs: number): AnnouncedFile | undefined {
    const peer = this.#reached.get(address);
    const facts = peer && this.#isOffered(peer, nowMs) ? peer.files.get(name) : undefined;
    return facts === undefined ? undefined : { lease: peer!.lease, identity: peer!.identity, isGuarded: peer!.isGuarded, ...unpackFacts(facts) };
  }

  /** Whoever is at the address, or joins there, is not offered for so long. */
  distrust(address: string, forMs: number, nowMs: number): void {
    this.#distrusted.add(address, forMs, nowMs);
  }

  get(lease: string, nowMs: number): PeerStatus | undefined {
    const peer = this.#living(lease, nowMs);
    return peer && this.#statusOf(peer, nowMs);
  }

  /** Those whose lease lasts, the one that was silent for longest first. */
  *all(nowMs: number): Generator<PeerStatus, void, undefined> {
    for (const peer of this.#peers.values()) if (peer.expiresAtMs > nowMs) yield this.#statusOf(peer, nowMs);
  }

  /**
   * Forgets those whose lease ran out, one at least and as many more as have `namesMax` names in all, so that it does
   * not take long when thousands die at once. The addresses; none when there is nobody left to forget.
   */
  expire(nowMs: number, namesMax: number): readonly string[] {
    const lost: string[] = [];
    let names = 0;
    for (const peer of this.#peers.values()) {
      if (peer.expiresAtMs > nowMs || names >= namesMax) break;
      names += Math.max(1, peer.files.size);
      lost.push(peer.address);
      this.#drop(peer);
    }
    return lost;
  }

  #change(peer: Peer, added: readonly PeerFile[], removed: readonly string[]): void {
    const gone = new Set(removed.filter(name => peer.files.has(name)));
    const come = new Set(added.map(({ name }) => name).filter(name => gone.has(name) || !peer.files.has(name)));
    this.#assertRoom(peer.files.size + come.size - gone.size, come.size - gone.size);
    for (const name of gone) {
      peer.files.delete(name);
      if (peer.isReachable) this.#index.delete(name, peer);
    }
    for (const file of added) {
      peer.files.set(file.name, packFacts(file));
      if (peer.isReachable) this.#index.add(file.name, peer);
    }
    this.#names += come.size - gone.size;
  }

  #living(lease: string, nowMs: number): Peer | undefined {
    const peer = this.#peers.get(lease);
    return peer && peer.expiresAtMs > nowMs ? peer : undefined;
  }

  #isOffered({ address, expiresAtMs }: Peer, nowMs: number): boolean {
    return expiresAtMs > nowMs && this.#distrusted.leftMs(address, nowMs) === 0;
  }

  #statusOf({ address, identity, isReachable, checkedAtMs, expiresAtMs, files }: Peer, nowMs: number): PeerStatus {
    const distrustLeftMs = this.#distrusted.leftMs(address, nowMs);
    return { address, identity, isReachable, checkedAtMs, files: files.size, leaseLeftMs: expiresAtMs - nowMs, distrustLeftMs };
  }

  /** Who cannot be reached takes nobody's place that was. */
  #replacedBy(address: string, isReachable: boolean): readonly Peer[] {
    const unreached = this.#unreached.get(address);
    const reached = isReachable ? this.#reached.get(address) : undefined;
    return [unreached, reached].filter(peer => peer !== undefined);
  }

  #assertRoom(files: number, more: number): void {
    const { namesMax, filesPerPeerMax } = this.#settings;
    if (files > filesPerPeerMax) throw new VideoError('invalid_request', { reason: `a peer announces at most ${filesPerPeerMax} files` });
    if (more > 0 && this.#names + more > namesMax) throw new VideoError('peers_full', { what: 'names', max: namesMax });
  }

  #renew(peer: Peer, nowMs: number): void {
    peer.expiresAtMs = nowMs + this.#settings.leaseMs;
    this.#peers.delete(peer.lease);
    this.#peers.set(peer.lease, peer);
  }

  #drop(peer: Peer): void {
    this.#displace(peer);
    this.#peers.delete(peer.lease);
    this.#names -= peer.files.size;
  }

  #place(peer: Peer): void {
    (peer.isReachable ? this.#reached : this.#unreached).set(peer.address, peer);
    if (peer.isReachable) for (const name of peer.files.keys()) this.#index.add(name, peer);
  }

  #displace(peer: Peer): void {
    (peer.isReachable ? this.#reached : this.#unreached).delete(peer.address);
    if (peer.isReachable) for (const name of peer.files.keys()) this.#index.delete(name, peer);
  }
}

function offerOf({ address, isGuarded, files }: Peer, name: string): PeerOffer {
  return { address, isGuarded, ...unpackFacts(files.get(name)!) };
}
