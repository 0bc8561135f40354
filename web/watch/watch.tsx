import { useEffect, useState } from 'preact/hooks';
import { printable } from '../../lib/base/printable.ts';
import { formatBytes, formatDuration } from '../../lib/base/units.ts';
import { api, ApiError, fileUrl, streamUrl, type ListedVideo } from '../api.ts';
import { formatDate } from '../format.ts';
import { useSpeech } from '../language.ts';
import { refresh } from '../library/shelf.ts';
import { isAbort, sentenceOf } from '../problem.ts';
import { formatRoute } from '../route.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { tell } from '../ui/toasts.tsx';
import { Commands } from './commands.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { Screen } from './screen.tsx';

const LOOK_EVERY_MS = 5000;

export function Watch({ name }: { readonly name: string }) {
  const { text } = useSpeech();
  const [video, setVideo] = useState<ListedVideo>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    const look = () => {
      if (document.hidden) return;
      api.find(name, { signal: leaving.signal }).then(
        found => {
          setVideo(found);
          setError(undefined);
        },
        (problem: unknown) => {
          if (!isAbort(problem)) setError(problem);
        },
      );
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, [name, attempt]);
  return (
    <div class="watch-view">
      <a class="back" href={formatRoute({ view: 'library' })}><Icon name="back" />{text.watch.back}</a>
      {error !== undefined && (!video || isGone(error)) ? (
        <Notice title={text.errors.title} text={sentenceOf(error, text)} tone="danger">
          <button class="button" type="button" onClick={() => setAttempt(attempt + 1)}>{text.actions.retry}</button>
        </Notice>
      ) : video ? (
        <Video video={video} onChange={setVideo} />
      ) : (
        <p class="loading" role="status">{text.loading}</p>
      )}
    </div>
  );
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'file_not_found';
}

function Video({ video, onChange }: { readonly video: ListedVideo; readonly onChange: (video: ListedVideo) => void }) {
  const { text } = useSpeech();
  const [isEditing, setIsEditing] = useState(false);
  const { name, id, title = name, description } = video;
  return (
    <article class="watch">
      <Screen key={id} video={video} />
      <div class="watch-head">
        <h1>{printable(title)}</h1>
        <div class="row">
          <a class="button button-main" href={streamUrl(id)} download={name}><Icon name="download" />{text.watch.download}</a>
          <button class="button" type="button" onClick={() => setIsEditing(true)}><Icon name="edit" />{text.actions.edit}</button>
          <button class="button" type="button" onClick={() => void remove(name, text)}><Icon name="trash" />{text.actions.remove}</button>
        </div>
      </div>
      {description !== undefined && <p class="description">{description}</p>}
      <div class="watch-more">
        <Details video={video} />
        <section class="panel">
          <h2>{text.watch.commands}</h2>
          <Commands name={name} />
          <p class="row">
            <a href={fileUrl(name, '.meta4')} download={`${name}.meta4`}>{text.watch.metalink}</a>
            <a href={fileUrl(name, '.torrent')} download={`${name}.torrent`}>{text.watch.torrent}</a>
          </p>
        </section>
      </div>
      {isEditing && <EditDialog video={video} onClose={() => setIsEditing(false)} onChange={onChange} />}
    </article>
  );
}

function Details({ video: { sizeBytes, durationMs, width, height, contentType, addedAtMs, nodes, available, name, title } }: { readonly video: ListedVideo }) {
  const { text, language } = useSpeech();
  const facts: readonly (readonly [string, string | undefined])[] = [
    [text.watch.fileName, title === undefined ? undefined : printable(name)],
    [text.watch.size, formatBytes(sizeBytes, language)],
    [text.watch.duration, durationMs === undefined ? undefined : formatDuration(durationMs)],
    [text.watch.picture, width && height ? `${width} × ${height}` : undefined],
    [text.watch.kind, contentType],
    [text.watch.added, formatDate(addedAtMs, language)],
    [text.watch.replicas, `${available.length} · ${text.watch.machines(available, nodes)}`],
  ];
  return (
    <section class="panel">
      <h2>{text.watch.details}</h2>
      <dl class="facts">
        {facts.map(([label, value]) => value !== undefined && <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
      </dl>
    </section>
  );
}

/** At once, and for those who did not mean it there is a way back. */
async function remove(name: string, text: ReturnType<typeof useSpeech>['text']): Promise<void> {
  try {
    // Nobody is to ask for it any more.
    location.hash = formatRoute({ view: 'library' });
    const { removed } = await api.remove(name);
    void refresh();
    const undo = () => {
      void Promise.all(removed.map(({ trashId }) => api.restore(trashId))).then(
        () => {
          tell({ text: text.watch.restored(name) });
          void refresh();
        },
        (error: unknown) => tell({ text: sentenceOf(error, text), tone: 'danger' }),
      );
    };
    tell({ text: text.watch.removed(name), action: { label: text.actions.undo, run: undo } });
  } catch (error) {
    tell({ text: sentenceOf(error, text), tone: 'danger' });
  }
}
