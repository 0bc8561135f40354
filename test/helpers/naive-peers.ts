import { VideoError } from '../../lib/base/errors.ts';
import type { FileFacts } from '../../lib/domain/peer-file.ts';
import type { JoiningPeer, PeerChanges, PeerRegistrySettings } from '../../lib/domain/peer-registry.ts';

interface NaiveFile {
  readonly facts: FileFacts;
  /** Its turn among all searches; -1 before the first. */
  offered: number;
}

interface NaivePeer extends Omit<JoiningPeer, 'files'> {
  isReachable: boolean;
  expiresAtMs: number;
  files: Map<string, NaiveFile>;
}

/** What `PeerRegistry` promises, in the slowest way there is. */
export class NaivePeers {
  readonly #settings: PeerRegistrySettings;
  /** The one that was silent for longest first. */
  peers: NaivePeer[] = [];
  readonly #distrustedUntilMs = new Map<string, number>();
  #searches = 0;

  constructor(settings: PeerRegistrySettings) {
    this.#settings = settings;
  }

  get names(): number {
    return this.peers.reduce((sum, { files }) => sum + files.size, 0);
  }

  join({ files, ...peer }: JoiningPeer, nowMs: number): void {
    const isReplaced = (other: NaivePeer) => other.address === peer.address && (peer.isReachable || !other.isReachable);
    const own = new Map(files.map(({ name, ...facts }) => [name, { facts, offered: -1 }]));
    const others = this.peers.filter(other => !isReplaced(other));
    this.#become([...others, { ...peer, expiresAtMs: nowMs + this.#settings.leaseMs, files: own }], own.size);
  }

  update(lease: string, { added = [], removed = [] }: PeerChanges, nowMs: number): void {
    const peer = this.living(nowMs).find(one => one.lease === lease);
    if (!peer) throw new VideoError('peer_unknown', { peer: lease });
    const files = new Map(peer.files);
    for (const name of removed) files.delete(name);
    for (const { name, ...facts } of added) files.set(name, { facts, offered: files.get(name)?.offered ?? -1 });
    const others = this.peers.filter(one => one !== peer);
    this.#become([...others, { ...peer, files, expiresAtMs: nowMs + this.#settings.leaseMs }], files.size);
  }

  leave(lease: string): void {
    this.peers = this.peers.filter(one => one.lease !== lease);
  }

  reached(lease: string, isReachable: boolean, nowMs: number): void {
    const peer = this.living(nowMs).find(one => one.lease === lease);
    if (!peer || peer.isReachable === isReachable) return;
    this.peers = this.peers.filter(other => other === peer || other.address !== peer.address || (!isReachable && other.isReachable));
    for (const file of peer.files.values()) file.offered = -1;
    peer.isReachable = isReachable;
  }

  distrust(address: string, forMs: number, nowMs: number): void {
    this.#distrustedUntilMs.set(address, nowMs + Math.max(forMs, this.distrustLeftMs(address, nowMs)));
  }

  distrustLeftMs(address: string, nowMs: number): number {
    return Math.max(0, (this.#distrustedUntilMs.get(address) ?? 0) - nowMs);
  }

  /** Those that may be offered, by address, and when each was last. */
  holders(name: string, nowMs: number): ReadonlyMap<string, NaiveFile> {
    const offered = this.living(nowMs).filter(({ address, isReachable }) => isReachable && this.distrustLeftMs(address, nowMs) === 0);
    return new Map(offered.flatMap(({ address, files }) => (files.has(name) ? [[address, files.get(name)!] as const] : [])));
  }

  /** Keeps in mind who was. */
  noteOffered(name: string, addresses: readonly string[], nowMs: number): void {
    const holders = this.holders(name, nowMs);
    for (const address of addresses) holders.get(address)!.offered = this.#searches++;
  }

  /** As many as were forgotten, the ones that were silent for longest first. */
  forget(count: number): readonly string[] {
    return this.peers.splice(0, count).map(({ address }) => address);
  }

  living(nowMs: number): readonly NaivePeer[] {
    return this.peers.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  }

  /** All or nothing. */
  #become(peers: NaivePeer[], files: number): void {
    const before = this.peers;
    const namesBefore = this.names;
    const { peersMax, namesMax, filesPerPeerMax } = this.#settings;
    this.peers = peers;
    const refuse = (error: VideoError) => {
      this.peers = before;
      throw error;
    };
    if (peers.length > peersMax) refuse(new VideoError('peers_full', { what: 'peers', max: peersMax }));
    if (files > filesPerPeerMax) refuse(new VideoError('invalid_request', { reason: `a peer announces at most ${filesPerPeerMax} files` }));
    if (this.names > namesMax && this.names > namesBefore) refuse(new VideoError('peers_full', { what: 'names', max: namesMax }));
  }
}
