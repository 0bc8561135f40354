import { isIP } from 'node:net';
import { VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { SECOND_MS } from '../../base/units.ts';
import { limits } from '../../protocol/limits.ts';
import { chosenCentrals } from '../central-urls.ts';
import { securedUrls } from '../tls-flags.ts';
import type { LiveFlags } from './flags.ts';

export interface BroadcastSettings {
  readonly ip: string;
  /** Of the old protocol. */
  readonly port: number;
  readonly relayPort: number;
  readonly clientPort: number;
  /** Of the old protocol, on each channel. */
  readonly maxClients: number;
  readonly channels: readonly ChannelPlan[];
  /** Who is told of them; undefined when nobody is. */
  readonly centralUrls: readonly string[] | undefined;
}

export interface ChannelPlan {
  readonly channel: number;
  /** A film, or a folder of blocks. */
  readonly path: string;
}

export interface WatchSettings {
  readonly channel: number;
  /** Who broadcasts. */
  readonly host: string;
  readonly port: number;
  readonly relayPort: number;
  readonly clientPort: number;
  readonly localIp: string | undefined;
  readonly retransmissions: number;
  /** What is started to watch; undefined when the person does so. */
  readonly player: string | undefined;
  readonly directory: string;
  readonly delayMs: number;
  /** Of 127.0.0.1, for players. */
  readonly viewPort: number;
}

/** What is seen sooner than it can be put together stops again and again. */
const PLAYERS = { mpv: 'mpv', vlc: 'vlc', ninguno: undefined } as const;

/** @throws VideoError `usage`, `invalid_flag` */
export function broadcastSettings(flags: LiveFlags, paths: readonly string[], messages: Messages): BroadcastSettings {
  const { live } = messages;
  if (paths.length === 0) throw new VideoError('usage', { reason: live.filmsMissing });
  const numbers = flags.canal.length > 0 ? flags.canal.map(typed => channelOf(typed, messages)) : paths.map((_, index) => index);
  const isTooMany = numbers.some(channel => channel > limits.liveChannelMax);
  if (numbers.length !== paths.length || isTooMany) throw new VideoError('usage', { reason: live.channelsDiffer(isTooMany ? limits.liveChannelMax + 1 : numbers.length, paths.length) });
  const twice = numbers.find((channel, index) => numbers.indexOf(channel) !== index);
  if (twice !== undefined) throw new VideoError('usage', { reason: live.channelRepeated(twice) });
  return {
    ip: flags.ip,
    port: flags.puerto,
    relayPort: relayPortOf(flags),
    clientPort: flags.puertoCliente,
    maxClients: flags.maxClientes,
    centralUrls: centralsOf(flags, messages),
    channels: paths.map((path, index) => ({ channel: numbers[index]!, path })),
  };
}

/** @throws VideoError `usage`, `invalid_flag` */
export function watchSettings(flags: LiveFlags, words: readonly string[], messages: Messages): WatchSettings {
  const { common, live } = messages;
  if (words.length > 0) throw new VideoError('usage', { reason: common.unexpectedWord(words[0]!) });
  const [typed = '0', ...others] = flags.canal;
  if (others.length > 0) throw new VideoError('usage', { reason: live.oneChannel });
  const { ipLocal } = flags;
  if (ipLocal !== undefined && isIP(ipLocal) === 0) throw new VideoError('invalid_flag', { flag: '--ip-local', value: ipLocal, expected: live.ipExpected });
  return {
    channel: channelOf(typed, messages),
    host: flags.ip,
    port: flags.puerto,
    relayPort: relayPortOf(flags),
    clientPort: flags.puertoCliente,
    localIp: ipLocal,
    retransmissions: flags.maxRetransmisiones,
    player: PLAYERS[flags.reproductor],
    directory: flags.directorio,
    delayMs: flags.retardo * SECOND_MS,
    viewPort: flags.puertoVer,
  };
}

/** Those that were typed: what the environment says is for programs that cannot do without one. */
function centralsOf({ ipCentral, puertoCentral, tlsCa }: LiveFlags, messages: Messages): readonly string[] | undefined {
  if (ipCentral === undefined && puertoCentral === undefined) return undefined;
  return securedUrls(chosenCentrals({ ipCentral, puertoCentral }, messages, {}), tlsCa);
}

function channelOf(typed: string, { live }: Messages): number {
  const channel = Number(typed);
  if (!/^\d$/.test(typed)) throw new VideoError('invalid_flag', { flag: '--canal', value: typed, expected: live.channelExpected });
  return channel;
}

/** Any free one when the other is any free one. */
function relayPortOf({ puerto, puertoRelevo }: LiveFlags): number {
  return puertoRelevo ?? (puerto === 0 ? 0 : puerto + 1);
}
