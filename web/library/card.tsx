import { printable } from '../../lib/base/printable.ts';
import { formatBytes, formatDuration } from '../../lib/base/units.ts';
import type { ListedVideo } from '../api.ts';
import { formatIsoDuration } from '../format.ts';
import { useSpeech } from '../language.ts';
import { formatRoute } from '../route.ts';
import { Poster } from './poster.tsx';

export function VideoCard({ video, wanted }: { readonly video: ListedVideo; readonly wanted: number }) {
  const { text, language } = useSpeech();
  const { name, title = name, sizeBytes, durationMs, available } = video;
  const tone = available.length === 0 ? 'none' : available.length < wanted ? 'few' : 'all';
  return (
    <a class="card" href={formatRoute({ view: 'watch', name })} title={title === name ? undefined : name}>
      <span class="card-picture">
        <Poster video={video} />
        {durationMs !== undefined && <time class="card-duration" dateTime={formatIsoDuration(durationMs)}>{formatDuration(durationMs)}</time>}
      </span>
      <span class="card-title">{printable(title)}</span>
      <span class="card-facts">
        <span>{formatBytes(sizeBytes, language)}</span>
        <span class={`replicas replicas-${tone}`}>
          <span aria-hidden="true">{available.length}/{wanted}</span>
          <span class="unseen">{text.library.replicas(available.length, wanted)}</span>
        </span>
      </span>
    </a>
  );
}
