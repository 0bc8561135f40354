import { VideoError } from '../base/errors.ts';
import type { Messages } from '../base/messages/index.ts';
import { isServiceLabel, serviceNameOf } from '../protocol/service.ts';
import { portValue, type FlagTable } from './flags.ts';

const DEFAULT_HOST = 'localhost';
const DEFAULT_PORT = 50_000;
/** `HOST:PORT[,HOST:PORT]`, or what `--ip-central` takes; used by who gave neither of the flags. */
const VARIABLE = 'VIDEOPARTES_CENTRAL';

/** Where programs look for the central. */
export const centralFlags = {
  ipCentral: { kind: 'text', placeholder: 'IP[,IP…]', shownDefault: DEFAULT_HOST, help: ({ common }) => common.flags.centralHost },
  puertoCentral: { ...portValue, min: 1, shownDefault: String(DEFAULT_PORT), help: ({ common }) => common.flags.centralPort },
} as const satisfies FlagTable;

export interface CentralChoice {
  readonly ipCentral: string | undefined;
  readonly puertoCentral: number | undefined;
}

/**
 * The places of the central that were chosen, as `openCentralDirectory` takes them: by the flags, by the environment when
 * neither flag is given, or this machine.
 *
 * @throws VideoError `invalid_flag`
 */
export function chosenCentrals({ ipCentral, puertoCentral }: CentralChoice, messages: Messages, environment: Readonly<Record<string, string | undefined>> = process.env): readonly string[] {
  const port = puertoCentral ?? DEFAULT_PORT;
  const variable = environment[VARIABLE]?.trim();
  if (ipCentral === undefined && puertoCentral === undefined && variable) return centralUrlsOf(variable, port, messages, VARIABLE);
  return centralUrlsOf(ipCentral ?? DEFAULT_HOST, port, messages);
}

/**
 * `localhost`, `10.0.0.1:50000`, `[::1]:50000` or `https://casa.example`, several between commas; the port is for those
 * that have none.
 * `srv:example.org` and `_videopartes._tcp.example.org` are looked up in DNS, `mdns:` and `mdns:MACHINE-PORT` on the local
 * network.
 *
 * @throws VideoError `invalid_flag`, of `typedAs`
 */
export function centralUrlsOf(hosts: string, port: number, messages: Messages, typedAs = '--ip-central'): readonly string[] {
  return hosts.split(',').map(part => {
    const place = placeOf(part.trim(), port);
    if (place === undefined) throw new VideoError('invalid_flag', { flag: typedAs, value: hosts, expected: messages.common.hostExpected });
    return place;
  });
}

function placeOf(text: string, port: number): string | undefined {
  // `srv:50000` is a machine of that name.
  const [, scheme, typed = ''] = /^(srv:|mdns:|(?=_))(?!\d+$)(.*)$/i.exec(text) ?? [];
  if (scheme === undefined) return urlOf(text, port);
  const name = typed.toLowerCase();
  if (scheme.toLowerCase() === 'mdns:') return name === '' || isServiceLabel(name) ? `mdns:${name}` : undefined;
  const service = serviceNameOf(name);
  return service === undefined ? undefined : `srv:${service}`;
}

function urlOf(text: string, port: number): string | undefined {
  const [, scheme = 'http://', host = ''] = /^(https:\/\/)?(.*)$/is.exec(text)!;
  const isBareIpv6 = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(host);
  const url = parseUrl(`http://${isBareIpv6 ? `[${host}]` : host}`);
  if (!/^[^/?#@\s]+$/.test(host) || url === undefined) return undefined;
  return `${scheme.toLowerCase()}${url.hostname}:${url.port || (host.endsWith(':80') && !isBareIpv6 ? 80 : port)}`;
}

function parseUrl(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
