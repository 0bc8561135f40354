import type { CommandOutput } from '../../base/command.ts';
import { VideoError } from '../../base/errors.ts';
import type { DownloadObserver } from '../../domain/download/progress.ts';
import { parseFileName } from '../../domain/file.ts';
import type { ControlClient } from '../../protocol/control.ts';
import type { PeerReports } from '../peer-reports.ts';
import type { Membership } from '../shared-folder/membership.ts';
import { lines } from './lines.ts';
import { agreedManifest, manifestOf, type AgreedFile, type FoundPeer, type ManifestPorts } from './peer-manifests.ts';
import type { PeerPlace } from './settings.ts';

/** A folder that is shared, until disposed of: then the peer has left, and what it was giving has ended. */
export interface SharedPeer extends AsyncDisposable {
  readonly membership: Membership;
  /** In order. */
  readonly names: readonly string[];
  /** As the person called the folder. */
  readonly directory: string;
  /** When it resolves, the file is in the folder. @throws VideoError why it is not; or the signal's reason */
  fetch(file: AgreedFile, observer: DownloadObserver, signal: AbortSignal): Promise<void>;
}

export interface SessionPorts extends Omit<ManifestPorts, 'onFailure'> {
  readonly registry: ControlClient['peers'];
  /** Who gives a file badly is told of. */
  readonly reports: PeerReports;
  /** Resolves when the central took the peer in. @throws VideoError why not, and nothing is open; or the signal's reason */
  readonly share: (place: PeerPlace, signal: AbortSignal) => Promise<SharedPeer>;
  /** What was found, for who wants to know more. */
  readonly onFound: (peers: readonly FoundPeer[]) => void;
}

interface Search {
  readonly name: string;
  readonly peers: readonly FoundPeer[];
}

/** One run of a peer: what its menu can do. Every order writes its line, or throws why it could not be carried out. */
export class PeerSession implements AsyncDisposable {
  readonly #ports: SessionPorts;
  #shared: SharedPeer | undefined;
  #search: Search | undefined;
  #wasCutOff = false;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  /** Whether a download had to be put down. */
  get wasCutOff(): boolean {
    return this.#wasCutOff;
  }

  /** @throws VideoError `already_joined` */
  assertNotJoined(): void {
    if (this.#shared) throw new VideoError('already_joined', { address: this.#shared.membership.address! });
  }

  /** @throws VideoError `not_joined`, `not_searched`: then there is nothing to ask for. */
  assertCanDownload(): void {
    if (!this.#shared) throw new VideoError('not_joined', {});
    if (!this.#search) throw new VideoError('not_searched', {});
  }

  async join(place: PeerPlace, output: CommandOutput, signal: AbortSignal): Promise<void> {
    this.assertNotJoined();
    this.#shared = await this.#ports.share(place, signal);
    const { membership, names } = this.#shared;
    const address = membership.address!;
    output.line(lines.joined(address, names));
    output.record({ event: 'joined', address, files: names });
  }

  async search(name: string, output: CommandOutput, signal: AbortSignal): Promise<void> {
    const { registry, onFound } = this.#ports;
    const peer = this.#shared?.membership.lease;
    const { peers } = await registry.search({ name: parseFileName(name), ...(peer !== undefined && { peer }) }, { signal });
    this.#search = { name, peers };
    output.line(lines.found(peers.map(({ address }) => address)));
    output.record({ event: 'found', name, peers });
    onFound(peers);
  }

  /** Of the file that was searched last; without an address, from all that were found. */
  async download(address: string | undefined, output: CommandOutput, signal: AbortSignal): Promise<void> {
    this.assertCanDownload();
    const { membership, directory, fetch } = this.#shared!;
    const { name, peers } = this.#search!;
    const others = peers.filter(peer => peer.address !== membership.address);
    if (address === undefined && others.length === 0) throw new VideoError('peers_failed', { name, peers: [] });
    let file: AgreedFile;
    try {
      const chosen = address !== undefined && (others.find(peer => peer.address === address) ?? { address });
      const ports = { ...this.#ports, onFailure: this.#ports.reports.of({ name }).noteFailure };
      file = await (chosen ? manifestOf(chosen, name, ports, signal) : agreedManifest(others, name, ports, signal));
      await fetch(file, this.#ports.reports.of(file.manifest).observer, signal);
    } catch (error) {
      this.#wasCutOff = signal.aborted;
      throw error;
    }
    try {
      // Whoever reads the line may search for the file at once.
      await membership.tell({ signal });
    } finally {
      output.line(lines.downloaded(name, directory));
      output.record({ event: 'downloaded', name, id: file.manifest.id, sizeBytes: file.manifest.sizeBytes, peers: file.addresses, directory });
    }
  }

  async leave(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    await shared?.[Symbol.asyncDispose]();
    await this.#ports.reports.settled();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }
}
