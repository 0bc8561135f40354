import { Input, MATROSKA, MP4, MPEG_TS, QTFF, WEBM, type Source } from 'mediabunny';
import { VideoError, type ErrorFacts } from '../../base/errors.ts';
import { chooseTracks } from '../../domain/remux.ts';
import { limits } from '../../protocol/limits.ts';
import { CarriedTrack } from './carried-track.ts';
import { nextCut, type Cut, type CutOptions } from './cut.ts';
import { filmTracks } from './film-tracks.ts';

/** AVI is none that the library reads. */
const FORMATS = [MATROSKA, WEBM, MP4, QTFF, MPEG_TS];

/** At least one; the picture first, when there is one. */
type Tracks = readonly [CarriedTrack, ...CarriedTrack[]];

/** A film whose packets go into MP4 as they are. Of what it was cut into, it remembers nothing for long. */
export class CarriedFilm implements Disposable {
  /** What its times are shifted by so that it begins at zero, whatever its clock says. */
  readonly shiftS: number;
  readonly #newSource: () => Source;
  readonly #name: string;
  #input: Input;
  #tracks: Tracks;
  #rememberedBytes = 0;

  private constructor(newSource: () => Source, name: string, input: Input, tracks: Tracks) {
    this.#newSource = newSource;
    this.#name = name;
    this.#input = input;
    this.#tracks = tracks;
    this.shiftS = -Math.min(...tracks.map(({ startS }) => startS));
  }

  /** @throws VideoError `not_remuxable`; whatever a parser throws at a broken film */
  static async open(newSource: () => Source, name: string): Promise<CarriedFilm> {
    return new CarriedFilm(newSource, name, ...(await openTracks(newSource(), name)));
  }

  /** To the key frame at or before that second from its beginning. What is heard before the first picture is part of the whole film. */
  async seek(fromS: number): Promise<void> {
    const [lead, ...others] = this.#tracks;
    await lead.seek(fromS - this.shiftS);
    for (const other of others) await other.seek(fromS === 0 ? other.startS : (lead.next?.timestamp ?? Infinity));
  }

  /** As `nextCut`, with the tracks that the packets are of. */
  async cut(options: Omit<CutOptions, 'name'>): Promise<(Cut & { readonly tracks: Tracks }) | undefined> {
    if (this.#rememberedBytes >= limits.remuxRememberedBytes) await this.#forget();
    const tracks = this.#tracks;
    const cut = await nextCut(tracks, { ...options, name: this.#name });
    if (!cut) return undefined;
    this.#rememberedBytes += cut.packets.reduce((sum, { packet }) => sum + packet.byteLength, 0);
    return { ...cut, tracks };
  }

  /** As its container says; undefined when it does not. */
  async durationS(): Promise<number | undefined> {
    return (await this.#input.getDurationFromMetadata()) ?? undefined;
  }

  [Symbol.dispose](): void {
    this.#input.dispose();
  }

  /** The parser of transport streams keeps much of what it read for as long as it lives: another one goes on where it was. */
  async #forget(): Promise<void> {
    this.#rememberedBytes = 0;
    if ((await this.#input.getFormat()) !== MPEG_TS) return;
    const [input, tracks] = await openTracks(this.#newSource(), this.#name);
    for (const [index, { next }] of this.#tracks.entries()) if (next) await tracks[index]?.resumeAt(next);
    this.#input.dispose();
    this.#input = input;
    this.#tracks = tracks;
  }
}

async function openTracks(source: Source, name: string): Promise<[Input, Tracks]> {
  const input = new Input({ source, formats: FORMATS });
  try {
    return [input, await carriedTracks(input, name)];
  } catch (error) {
    input.dispose();
    throw error;
  }
}

async function carriedTracks(input: Input, name: string): Promise<Tracks> {
  const refuse = (obstacle: ErrorFacts['not_remuxable']['obstacle'], codecs: readonly string[] = []) => new VideoError('not_remuxable', { name, obstacle, codecs });
  if (!(await input.canRead())) throw refuse('container');
  const choice = chooseTracks(await filmTracks(input));
  if ('lacking' in choice) throw refuse('codec', choice.lacking);
  const opened = await Promise.all(choice.carried.map(({ track }) => CarriedTrack.open(track)));
  const [lead, ...others] = opened.filter(track => track !== undefined);
  // Not without the picture, because nobody can tell how it is decoded.
  if (1 + others.length < opened.length) throw refuse('structure');
  if (!lead) throw refuse('container');
  return [lead, ...others];
}
