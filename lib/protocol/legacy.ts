import * as z from 'zod';

/**
 * The old protocol of live channels. A request is three characters on a connection of its own, a code and a channel, to the server's
 * port; the server knows a client by its IP. Who joins is called back at the client's port and told `10`, or `00` when it may not, and
 * then gets each block on a connection of its own. The list and the count come back on the connection of the request.
 */
export const legacyPorts = { server: 6060, client: 9091 } as const;

const codes = { join: '10', list: '11', leave: '12', count: '13' } as const;
const answers = { accepted: '10', full: '00' } as const;

export const LEGACY_REQUEST_LENGTH = 3;

export type LegacyOperation = keyof typeof codes;
export type LegacyAnswer = keyof typeof answers;

export interface LegacyRequest {
  readonly operation: LegacyOperation;
  /** 0 to 9. */
  readonly channel: number;
}

export function formatLegacyRequest({ operation, channel }: LegacyRequest): string {
  if (!isLegacyChannel(channel)) throw new RangeError(`no channel of one digit: ${channel}`);
  return `${codes[operation]}${channel}`;
}

/** Undefined when these are not three characters of a request. */
export function parseLegacyRequest(text: string): LegacyRequest | undefined {
  const [, code, digit] = /^(\d\d)(\d)$/.exec(text) ?? [];
  const operation = (Object.keys(codes) as LegacyOperation[]).find(known => codes[known] === code);
  return operation && { operation, channel: Number(digit) };
}

/** A request has one digit for it. */
export function isLegacyChannel(channel: number): boolean {
  return Number.isInteger(channel) && channel >= 0 && channel <= 9;
}

export function formatLegacyAnswer(answer: LegacyAnswer): string {
  return answers[answer];
}

/** Undefined when it is something else: what comes by the same way is a block. */
export function parseLegacyAnswer(bytes: Uint8Array): LegacyAnswer | undefined {
  if (bytes.byteLength !== 2) return undefined;
  const text = String.fromCharCode(...bytes);
  return (Object.keys(answers) as LegacyAnswer[]).find(known => answers[known] === text);
}

/** As Python writes a list of strings: `['127.0.0.1', '10.0.0.2']`. Nothing in it needs a quote that would have to be escaped. */
export function formatClientList(addresses: readonly string[]): string {
  const evil = addresses.find(address => !/^[\w.:%-]+$/.test(address));
  if (evil !== undefined) throw new RangeError(`no address: ${evil}`);
  return `[${addresses.map(address => `'${address}'`).join(', ')}]`;
}

/**
 * Reads what Python may have written: either kind of quotes, any spaces, addresses alone or in pairs with their port. Each address
 * once; what is no IP address is left out. Undefined when the text is no list of these.
 */
export function parseClientList(text: string): readonly string[] | undefined {
  const inner = /^\s*\[([^]*)\]\s*$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const addresses = new Set<string>();
  const item = new RegExp(ITEM, 'y');
  for (let rest = inner.trimEnd(); item.lastIndex < rest.length; ) {
    const groups = item.exec(rest)?.groups;
    if (!groups) return undefined;
    const { success, data } = ipAddress.safeParse(groups['alone'] ?? groups['paired']);
    if (success) addresses.add(data);
  }
  return [...addresses];
}

export function formatClientCount(count: number): string {
  return String(count);
}

/** Undefined when it is no number. */
export function parseClientCount(text: string): number | undefined {
  return /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
}

/** A string, or a tuple or list that begins with one and goes on with numbers; and what separates it from the next. */
const ITEM = /\s*(?:u?(?<quote>['"])(?<alone>[^'"\\]*)\k<quote>|[([]\s*u?(?<mark>['"])(?<paired>[^'"\\]*)\k<mark>(?:\s*,\s*\d+)*\s*,?\s*[)\]])\s*(?:,\s*|$)/;

const ipAddress = z.union([z.ipv4(), z.ipv6()]);
