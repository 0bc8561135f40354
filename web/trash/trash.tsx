import { useEffect, useState } from 'preact/hooks';
import { printable } from '../../lib/base/printable.ts';
import { formatBytes } from '../../lib/base/units.ts';
import { api, ApiError, type Page, type TrashedVideo } from '../api.ts';
import { formatDate, formatSpan, otherName } from '../format.ts';
import { useSpeech } from '../language.ts';
import { refresh } from '../library/shelf.ts';
import { sentenceOf } from '../problem.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { tell } from '../ui/toasts.tsx';

export function Trash() {
  const { text } = useSpeech();
  const [page, setPage] = useState<Page<TrashedVideo>>();
  const [error, setError] = useState<unknown>();
  const [taken, setTaken] = useState<TrashedVideo>();
  const read = async (after?: string) => {
    try {
      const next = await api.trash(after);
      setPage(before => (after === undefined || !before ? next : { items: [...before.items, ...next.items], next: next.next }));
      setError(undefined);
    } catch (problem) {
      setError(problem);
    }
  };
  useEffect(() => void read(), []);
  const restore = async (video: TrashedVideo, as?: string) => {
    try {
      const { name } = await api.restore(video.trashId, as);
      setTaken(undefined);
      setPage(before => before && { ...before, items: before.items.filter(({ trashId }) => trashId !== video.trashId) });
      tell({ text: text.watch.restored(name) });
      void refresh();
    } catch (problem) {
      if (as === undefined && problem instanceof ApiError && problem.code === 'name_taken') setTaken(video);
      else tell({ text: sentenceOf(problem, text), tone: 'danger' });
    }
  };
  return (
    <>
      <div class="view-head"><h1>{text.trash.title}</h1></div>
      {error !== undefined && (
        <Notice title={text.errors.title} text={sentenceOf(error, text)} tone="danger">
          <button class="button" type="button" onClick={() => void read()}>{text.actions.retry}</button>
        </Notice>
      )}
      {!page && error === undefined && <p class="loading" role="status">{text.loading}</p>}
      {page?.items.length === 0 && <Notice title={text.trash.emptyTitle} text={text.trash.emptyText} icon="trash" />}
      {page && page.items.length > 0 && <TrashTable items={page.items} onRestore={video => void restore(video)} />}
      {page?.next !== undefined && <button class="button" type="button" onClick={() => void read(page.next)}>{text.actions.more}</button>}
      {taken && <OtherName video={taken} onClose={() => setTaken(undefined)} onRestore={as => void restore(taken, as)} />}
    </>
  );
}

function TrashTable({ items, onRestore }: { readonly items: readonly TrashedVideo[]; readonly onRestore: (video: TrashedVideo) => void }) {
  const { text, language } = useSpeech();
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{text.trash.name}</th>
          <th scope="col" class="number">{text.trash.size}</th>
          <th scope="col">{text.trash.removed}</th>
          <th scope="col">{text.trash.expires}</th>
          <th scope="col"><span class="unseen">{text.actions.restore}</span></th>
        </tr>
      </thead>
      <tbody>
        {items.map(video => (
          <tr key={video.trashId}>
            <th scope="row">{printable(video.name)}</th>
            <td class="number" data-label={text.trash.size}>{formatBytes(video.sizeBytes, language)}</td>
            <td data-label={text.trash.removed}>{formatDate(video.removedAtMs, language)}</td>
            <td data-label={text.trash.expires}>{text.trash.inTime(formatSpan(video.expiresAtMs - Date.now(), language))}</td>
            <td class="table-actions">
              <button class="button button-small" type="button" aria-label={text.trash.restoreOf(video.name)} onClick={() => onRestore(video)}><Icon name="restore" />{text.actions.restore}</button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface OtherNameProps {
  readonly video: TrashedVideo;
  readonly onClose: () => void;
  readonly onRestore: (as: string) => void;
}

function OtherName({ video, onClose, onRestore }: OtherNameProps) {
  const { text } = useSpeech();
  const [name, setName] = useState(otherName(video.name));
  return (
    <Dialog title={text.trash.takenTitle} onClose={onClose}>
      <form
        onSubmit={event => {
          event.preventDefault();
          onRestore(name.trim());
        }}
      >
        <p>{text.trash.takenText(printable(video.name))}</p>
        <label class="field">
          <span>{text.uploads.newName}</span>
          <input value={name} required onInput={event => setName(event.currentTarget.value)} />
        </label>
        <div class="dialog-actions">
          <button class="button" type="button" onClick={onClose}>{text.actions.cancel}</button>
          <button class="button button-main" type="submit">{text.actions.restore}</button>
        </div>
      </form>
    </Dialog>
  );
}
