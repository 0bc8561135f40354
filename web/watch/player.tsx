import 'media-chrome/media-control-bar';
import 'media-chrome/media-controller';
import 'media-chrome/media-fullscreen-button';
import 'media-chrome/media-loading-indicator';
import 'media-chrome/media-mute-button';
import 'media-chrome/media-pip-button';
import 'media-chrome/media-play-button';
import 'media-chrome/media-playback-rate-button';
import 'media-chrome/media-seek-backward-button';
import 'media-chrome/media-time-display';
import 'media-chrome/media-time-range';
import 'media-chrome/media-volume-range';
import { h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError, streamUrl } from '../api.ts';
import { useSpeech } from '../language.ts';
import { speakTo } from './player-language.ts';
import { RemuxedFilm } from './remuxed-film.ts';

export type PlayFailure = 'unknown_format' | 'busy' | 'broken';

/** How far a film was watched. */
export interface Place {
  readonly atS: number;
  readonly isPlaying: boolean;
}

interface PlayerProps {
  readonly id: string;
  /** As the file is, or put into MP4 by the central. */
  readonly form: 'file' | 'remuxed';
  readonly durationMs: number | undefined;
  readonly title: string;
  readonly ratio: string;
  /** Where another player left it. */
  readonly from: Place;
  readonly onFailed: (why: PlayFailure, place: Place) => void;
}

const BACK_S = 10;

/** The browser's own player, with controls that look the same everywhere and obey the keyboard. */
export function Player({ id, form, durationMs, title, ratio, from, onFailed }: PlayerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const fail = (why: PlayFailure) => onFailed(why, { atS: video.current!.currentTime, isPlaying: !video.current!.paused });
  useEffect(() => {
    // Before anything of it is here, this is where it begins.
    if (from.atS > 0) video.current!.currentTime = from.atS;
    if (form === 'file') return undefined;
    if (!RemuxedFilm.isPossible) return fail('unknown_format');
    const film = new RemuxedFilm(video.current!, { id, durationMs, onFailed: error => fail(failureOf(error)) });
    return () => film.leave();
  }, [id, form]);
  const { language, text } = useSpeech();
  speakTo({ language, text });
  const controls = ['media-play-button', 'media-seek-backward-button', 'media-time-range', 'media-time-display', 'media-mute-button', 'media-volume-range', 'media-playback-rate-button', 'media-pip-button', 'media-fullscreen-button'];
  const attributes: Readonly<Record<string, object>> = { 'media-seek-backward-button': { seekoffset: BACK_S }, 'media-time-display': { showduration: true, notoggle: true } };
  return h(
    'media-controller',
    { class: 'player', lang: language, style: { aspectRatio: ratio } },
    <video ref={video} slot="media" {...(form === 'file' && { src: streamUrl(id) })} aria-label={title} preload="metadata" autoPlay={from.isPlaying} playsInline onError={({ currentTarget: { error } }) => fail(error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED ? 'unknown_format' : 'broken')} />,
    h('media-loading-indicator', { slot: 'centered-chrome', noautohide: true }),
    h('media-control-bar', {}, controls.map(name => h(name, { key: name, notooltip: true, ...attributes[name] }))),
  );
}

function failureOf(error: unknown): PlayFailure {
  if (!(error instanceof ApiError)) return 'broken';
  if (error.code === 'not_remuxable') return 'unknown_format';
  return error.code === 'remuxes_full' ? 'busy' : 'broken';
}
