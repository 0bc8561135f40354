import { useEffect, useRef, useState } from 'preact/hooks';
import type { ListedVideo } from '../api.ts';
import { hueOf, initialsOf } from '../format.ts';
import { isAbort } from '../problem.ts';
import { findPoster } from './posters.ts';

/** How long a card has to be in sight before its video is asked for a frame. */
const SETTLED_MS = 150;

/** A frame of the video, or until there is one its initials on a colour of its own. */
export function Poster({ video: { id, name, title = name, contentType, available } }: { readonly video: ListedVideo }) {
  const element = useRef<HTMLSpanElement>(null);
  const [url, setUrl] = useState<string>();
  const isAskable = available.length > 0 && isPlayable(contentType);
  useEffect(() => {
    setUrl(undefined);
    if (!isAskable) return undefined;
    let leaving = new AbortController();
    const watcher = new IntersectionObserver(([entry]) => {
      leaving.abort();
      if (!entry?.isIntersecting) return;
      leaving = new AbortController();
      findPoster(id, { settledMs: SETTLED_MS, signal: leaving.signal }).then(setUrl, (error: unknown) => {
        if (!isAbort(error)) setUrl(undefined);
      });
    });
    watcher.observe(element.current!);
    return () => {
      watcher.disconnect();
      leaving.abort();
    };
  }, [id, isAskable]);
  return (
    <span ref={element} class="poster" style={{ '--hue': String(hueOf(id)) }}>
      <span class="poster-initials" aria-hidden="true">{initialsOf(title)}</span>
      {url !== undefined && <img src={url} alt="" decoding="async" />}
    </span>
  );
}

/** Whether this browser may be able to show a frame of it. */
export function isPlayable(contentType: string | undefined): boolean {
  return contentType !== undefined && contentType.startsWith('video/') && document.createElement('video').canPlayType(contentType) !== '';
}
