import type { PeerFile } from './peer-file.ts';

/** What has still to be told of a folder. */
export interface Announcement {
  readonly added: readonly PeerFile[];
  readonly removed: readonly string[];
}

/** The first `max` names of what differs between what was told of a folder and what it holds; empty when nothing does. */
export function announcementOf(told: ReadonlyMap<string, PeerFile>, held: ReadonlyMap<string, PeerFile>, max: number): Announcement {
  const added: PeerFile[] = [];
  const removed: string[] = [];
  // First of all, so that the places of those that went are free for those that came.
  for (const name of told.keys()) {
    if (removed.length === max) return { added, removed };
    if (!held.has(name)) removed.push(name);
  }
  for (const [name, file] of held) {
    if (added.length + removed.length === max) break;
    const known = told.get(name);
    if (known?.id !== file.id || known?.sizeBytes !== file.sizeBytes || !known) added.push(file);
  }
  return { added, removed };
}
