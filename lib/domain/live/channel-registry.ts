import { createHash } from 'node:crypto';
import { VideoError } from '../../base/errors.ts';

export interface ChannelRegistrySettings {
  /** A broadcaster that says nothing for so long is gone. */
  readonly leaseMs: number;
  readonly channelsMax: number;
}

/** What a broadcaster says of a channel. */
export interface AnnouncedChannel {
  /** Made by the broadcaster at each start, and known to it alone: whoever has it speaks for the channel. */
  readonly lease: string;
  /** Of the film. */
  readonly name: string;
  readonly channel: number;
  /** An IP. */
  readonly host: string;
  /** Of the old protocol. */
  readonly port: number;
  readonly relayPort: number;
  readonly viewers: number;
  /** The root's public key. */
  readonly stream: string;
}

/** A channel on the air, as others are told of it. */
export interface ChannelOnAir extends Omit<AnnouncedChannel, 'lease'> {
  /** The same for one place and number, whoever broadcasts there: 16 hexadecimal digits. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

interface Held extends ChannelOnAir {
  readonly lease: string;
  readonly expiresAtMs: number;
}

const ID_LENGTH = 16;

/**
 * The channels on the air, as those say who broadcast them. One is there while its lease lasts, which each announcement renews. Of those
 * who broadcast at one place under one number the last one counts.
 */
export class ChannelRegistry {
  readonly #settings: ChannelRegistrySettings;
  readonly #held = new Map<string, Held>();

  constructor(settings: ChannelRegistrySettings) {
    this.#settings = settings;
  }

  /**
   * `isNew`: nobody knew of it. Nothing changes when there is no room.
   *
   * @throws VideoError `channels_full`
   */
  announce(told: AnnouncedChannel, nowMs: number, dateMs: number): { readonly channel: ChannelOnAir; readonly isNew: boolean } {
    const { leaseMs, channelsMax } = this.#settings;
    const id = idOf(told);
    const known = this.#held.get(id);
    const isNew = known?.lease !== told.lease || known.expiresAtMs <= nowMs;
    const moved = [...this.#held.values()].find(({ lease, id: other }) => lease === told.lease && other !== id);
    if (!known && !moved && this.#held.size >= channelsMax) throw new VideoError('channels_full', { what: 'announced', max: channelsMax });
    if (moved) this.#held.delete(moved.id);
    const held = { ...told, id, sinceMs: isNew ? dateMs : known.sinceMs, expiresAtMs: nowMs + leaseMs };
    this.#held.set(id, held);
    return { channel: shown(held), isNew };
  }

  /** What is no longer there; undefined when it was not. */
  withdraw(lease: string): ChannelOnAir | undefined {
    const held = [...this.#held.values()].find(one => one.lease === lease);
    if (held) this.#held.delete(held.id);
    return held && shown(held);
  }

  find(id: string, nowMs: number): ChannelOnAir | undefined {
    const held = this.#held.get(id);
    return held && held.expiresAtMs > nowMs ? shown(held) : undefined;
  }

  /** In order of name, and then of number. */
  all(nowMs: number): readonly ChannelOnAir[] {
    const living = [...this.#held.values()].filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    return living.map(shown).sort((a, b) => a.name.localeCompare(b.name) || a.channel - b.channel || (a.id < b.id ? -1 : 1));
  }

  /** Forgets those whose lease ran out. */
  expire(nowMs: number): readonly ChannelOnAir[] {
    const lost = [...this.#held.values()].filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
    for (const { id } of lost) this.#held.delete(id);
    return lost.map(shown);
  }
}

function idOf({ host, relayPort, channel }: AnnouncedChannel): string {
  return createHash('sha256').update(`${host} ${relayPort} ${channel}`).digest('hex').slice(0, ID_LENGTH);
}

function shown({ lease: _lease, expiresAtMs: _expiresAtMs, ...channel }: Held): ChannelOnAir {
  return channel;
}
