import { VideoError } from '../base/errors.ts';
import type { Messages } from '../base/messages/index.ts';
import { portValue, type FlagTable } from './flags.ts';

/** Where programs look for the central. */
export const centralFlags = {
  ipCentral: { kind: 'text', placeholder: 'IP[,IP…]', default: 'localhost', help: ({ common }) => common.flags.centralHost },
  puertoCentral: { ...portValue, min: 1, default: 50_000, help: ({ common }) => common.flags.centralPort },
} as const satisfies FlagTable;

/**
 * `localhost`, `10.0.0.1:50000`, `[::1]:50000` or `https://casa.example`, several between commas; the port is for those
 * that have none.
 */
export function centralUrlsOf(hosts: string, port: number, messages: Messages): readonly string[] {
  return hosts.split(',').map(part => {
    const [, scheme = 'http://', host = ''] = /^(https:\/\/)?(.*)$/is.exec(part.trim())!;
    const isBareIpv6 = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(host);
    const url = parseUrl(`http://${isBareIpv6 ? `[${host}]` : host}`);
    const isHost = /^[^/?#@\s]+$/.test(host) && url !== undefined;
    if (!isHost) {
      throw new VideoError('invalid_flag', { flag: '--ip-central', value: hosts, expected: messages.common.hostExpected });
    }
    return `${scheme.toLowerCase()}${url.hostname}:${url.port || (host.endsWith(':80') && !isBareIpv6 ? 80 : port)}`;
  });
}

function parseUrl(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
