import type { RelayMessage, RelayPort } from './relay-messages.ts';
import type { Contact, MemberId } from './stream.ts';

/** Another member, as its connection shows it. */
export interface RelayPeer extends Contact {
  readonly host: string;
  readonly port: number;
  /** Whether it is on this machine, and was reached by an address that leads nowhere from others. */
  readonly isLocal: boolean;
}

export interface MemberLinksOptions {
  readonly ownId: MemberId;
  received(from: RelayPeer, message: RelayMessage): void;
  /** The connection to that member, which was made from here, ended, or could not be made. */
  closed(id: MemberId): void;
  /** The connection that that member made ended. */
  callerClosed(id: MemberId): void;
}

/** The connections of one member with the others of its channel. Disposing of them ends them all. */
export interface MemberLinks extends RelayPort, Disposable {
  /** Whether that member takes connections. Never rejects. */
  reaches(contact: Contact): Promise<boolean>;
}

export type OpenLinks = (options: MemberLinksOptions) => MemberLinks;
