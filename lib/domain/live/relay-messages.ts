import type { Contact, MemberId, Slice, StreamDescription } from './stream.ts';

/** Why a viewer takes nothing more from somebody. */
export const LOSSES = ['closed', 'silent', 'late', 'corrupt', 'refused'] as const;
export type Loss = (typeof LOSSES)[number];

/** What viewers tell the root. */
export type ToRoot =
  /** Takes me in; again after the connection was lost. `slots`: slices of each block that I send on at the most. */
  | { readonly type: 'join'; readonly slots: number; readonly port: number }
  /**
   * I am here. Every `reportEveryMs`; `sent`: slices that I have given to others since I began; `slots`: what I send on at the
   * most, as my line turned out to be.
   */
  | { readonly type: 'report'; readonly sent: number; readonly slots: number }
  /** `now`: the backup that I went to, if there was one. */
  | { readonly type: 'lost'; readonly tree: number; readonly parent: MemberId; readonly why: Loss; readonly now?: MemberId }
  /** I am about to go; when nobody takes from me any more, I do. */
  | { readonly type: 'leave' };

/** What the root tells viewers. */
export type FromRoot =
  /**
   * `airMs`: on the clock of the stream, now. `next`: the number of the block that comes next. Said again, with `canRelay` false, when it
   * turned out that nobody can connect to the viewer.
   */
  | { readonly type: 'welcome'; readonly stream: StreamDescription; readonly airMs: number; readonly next: number; readonly canRelay: boolean }
  /** Take this tree from `parent`; when that one is lost, from a backup. Without a parent nobody has room now. */
  | { readonly type: 'assign'; readonly tree: number; readonly parent?: Contact; readonly backups: readonly Contact[] };

/** What who takes tells who gives. */
export type ToParent =
  /** Send me each slice of the tree from block `from` on. `children`: those that I send it on to. */
  | { readonly type: 'subscribe'; readonly tree: number; readonly from: number; readonly children: number }
  | { readonly type: 'unsubscribe'; readonly tree: number }
  /** Send me this one slice. */
  | { readonly type: 'pull'; readonly number: number; readonly index: number };

/** What who gives tells who takes. */
export type FromParent =
  | { readonly type: 'subscribed'; readonly tree: number }
  /** I send on as much as I said that I would. */
  | { readonly type: 'refused'; readonly tree: number }
  | { readonly type: 'slice'; readonly slice: Slice }
  /** I do not have what you pulled, or have no room to send it. */
  | { readonly type: 'lacks'; readonly number: number; readonly index: number }
  /** Nothing new, but I am here; when nothing else was sent for `aliveEveryMs`. */
  | { readonly type: 'alive' };

export type RelayMessage = ToRoot | FromRoot | ToParent | FromParent;

const UPWARD: ReadonlySet<string> = new Set<(ToRoot | ToParent)['type']>(['join', 'report', 'lost', 'leave', 'subscribe', 'unsubscribe', 'pull']);

/** Whether it goes to who gives: the root, or a parent. On each connection who made it says such things, and hears the others. */
export function isUpward(message: RelayMessage): message is ToRoot | ToParent {
  return UPWARD.has(message.type);
}

/** How a member of the relay talks to the others. */
export interface RelayPort {
  /**
   * Sends, without waiting, in order; connects first when there is no connection. What could not be delivered is told as a
   * connection that closed.
   */
  send(to: Contact, message: RelayMessage): void;
  /** What was sent to it and has not left this machine. */
  waitingBytes(to: MemberId): number;
  /** Ends the connection, if there is one; it is not told as closed. */
  close(to: MemberId): void;
}
