import { PROTOCOL_VERSION } from './version.ts';

/**
 * The name service: how a central is called in DNS (SRV records, RFC 2782) and on the local network (mDNS, RFC 6762, with
 * the names of DNS-SD, RFC 6763).
 */

/** The service in any domain: `_videopartes._tcp.example.org`. */
export const SERVICE = '_videopartes._tcp';
export const LOCAL_SERVICE = `${SERVICE}.local`;
/** What lists the kinds of services of a network (RFC 6763 §9). */
export const SERVICE_KINDS = '_services._dns-sd._udp.local';

/** The group and port of mDNS (RFC 6762 §3). */
export const MDNS_GROUP = { address: '224.0.0.251', port: 5353 } as const;

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const HOST_PART_MAX_LENGTH = 50;

/** Whether it can be one label of a name: what stands after `mdns:`. */
export function isServiceLabel(text: string): boolean {
  return LABEL.test(text);
}

/** `_videopartes._tcp.example.org` of `example.org`; a name that begins with `_` is one already. Undefined when it is none. */
export function serviceNameOf(domain: string): string | undefined {
  const labels = domain.replace(/\.$/, '').split('.');
  const isName = domain.length <= 253 && labels.every(label => LABEL.test(label.replace(/^_/, '')));
  if (!isName) return undefined;
  return domain.startsWith('_') ? labels.join('.') : [SERVICE, ...labels].join('.');
}

/** What a central is called on its network, which no other is there: `MACHINE-PORT`. */
export function serviceLabelOf(hostname: string, port: number): string {
  const machine = hostname.split('.')[0]!.replace(/[^a-z0-9-]/gi, '').replace(/^-+/, '').slice(0, HOST_PART_MAX_LENGTH);
  return `${machine || 'videopartes'}-${port}`.toLowerCase();
}

/** The one TXT record of a central: the version of the protocol that it speaks (RFC 6763 §6). */
export const SERVICE_TEXT: readonly string[] = [`protocol=${PROTOCOL_VERSION}`];
