import 'media-chrome/media-control-bar';
import 'media-chrome/media-controller';
import 'media-chrome/media-fullscreen-button';
import 'media-chrome/media-live-button';
import 'media-chrome/media-loading-indicator';
import 'media-chrome/media-mute-button';
import 'media-chrome/media-pip-button';
import 'media-chrome/media-play-button';
import 'media-chrome/media-volume-range';
import { h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { channelUrl } from '../../lib/protocol/channel-files.ts';
import { useSpeech } from '../language.ts';
import { speakTo } from '../watch/player-language.ts';
import { LiveFilm } from './live-film.ts';

interface LivePlayerProps {
  readonly id: string;
  readonly title: string;
  readonly onPlaying: () => void;
  /** `impossible`: this browser plays no channels. */
  readonly onStopped: (why: 'impossible' | 'stopped') => void;
}

/** A player begins so far behind the newest block, and a little more behind it is still live. */
const LIVE_BEHIND_S = 8;
const LIVE_WITHIN_S = 20;
const CONTROLS = ['media-play-button', 'media-live-button', 'media-mute-button', 'media-volume-range', 'media-pip-button', 'media-fullscreen-button'];

/** The browser's player, with the controls of films but those that seek: a channel is where it is. */
export function LivePlayer({ id, title, onPlaying, onStopped }: LivePlayerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const { language, text } = useSpeech();
  useEffect(() => {
    if (!LiveFilm.isPossibleIn(video.current!)) return onStopped('impossible');
    const film = new LiveFilm(video.current!, channelUrl(id), () => onStopped('stopped'));
    return () => film.leave();
  }, [id]);
  speakTo({ language, text });
  return h(
    'media-controller',
    { class: 'player player-live', lang: language, defaultstreamtype: 'live', liveedgeoffset: LIVE_WITHIN_S, seektoliveoffset: LIVE_BEHIND_S, style: { aspectRatio: '16 / 9' } },
    <video ref={video} slot="media" aria-label={title} playsInline onPlaying={onPlaying} />,
    h('media-loading-indicator', { slot: 'centered-chrome', noautohide: true }),
    h('media-control-bar', {}, CONTROLS.map(name => h(name, { key: name, notooltip: true }))),
  );
}
