import { useEffect, useRef, useState } from 'preact/hooks';
import type { ListedVideo } from '../api.ts';
import { hueOf, initialsOf } from '../format.ts';
import { findPoster, readyPoster } from './posters.ts';
import { watchSight } from './sight.ts';

/** How long a card has to be in sight before its video is asked for a frame. */
const SETTLED_MS = 150;

/** A frame of the video, or until there is one its initials on a colour of its own. */
export function Poster({ video: { id, name, title = name, contentType, available } }: { readonly video: ListedVideo }) {
  const element = useRef<HTMLSpanElement>(null);
  const [found, setFound] = useState({ id, url: readyPoster(id) });
  const url = found.id === id ? found.url : undefined;
  const isWanted = url === undefined && available.length > 0 && isPlayable(contentType);
  useEffect(() => {
    if (!isWanted) return undefined;
    let leaving = new AbortController();
    const unwatch = watchSight(element.current!, isSeen => {
      leaving.abort();
      if (!isSeen) return;
      leaving = new AbortController();
      // Until there is one, and where there is none, the initials stay.
      findPoster(id, { settledMs: SETTLED_MS, signal: leaving.signal }).then(taken => setFound({ id, url: taken }), () => undefined);
    });
    return () => {
      unwatch();
      leaving.abort();
    };
  }, [id, isWanted]);
  return (
    <span ref={element} class="poster" style={{ '--hue': String(hueOf(id)) }}>
      <span class="poster-initials" aria-hidden="true">{initialsOf(title)}</span>
      {url !== undefined && <img src={url} alt="" decoding="async" />}
    </span>
  );
}

const playable = new Map<string, boolean>();

/** Whether this browser may be able to show a frame of it. */
export function isPlayable(contentType: string | undefined): boolean {
  if (!contentType?.startsWith('video/')) return false;
  const known = playable.get(contentType);
  if (known !== undefined) return known;
  // An element to ask costs more than all else of a card.
  const isKnown = document.createElement('video').canPlayType(contentType) !== '';
  playable.set(contentType, isKnown);
  return isKnown;
}
