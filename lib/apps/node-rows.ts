import type { Language, Messages } from '../base/messages/index.ts';
import { formatBytes } from '../base/units.ts';
import type { ListedNode } from '../protocol/control.ts';

interface Speech {
  readonly language: Language;
  readonly messages: Messages;
}

/** A node under `client.nodeHeadings`. */
export function nodeRow(node: ListedNode, { language, messages }: Speech): readonly string[] {
  const { number, state, mode, zone = '', files, freeBytes, activeRequests, url } = node;
  const states = [messages.client.nodeStates[state], messages.replication.modes[mode]].filter(text => text !== '');
  return [String(number), states.join(', '), zone, String(files), formatBytes(freeBytes, language), String(activeRequests), url];
}
