import { useState } from 'preact/hooks';
import { api, type ListedVideo } from '../api.ts';
import { useSpeech } from '../language.ts';
import { refresh } from '../library/shelf.ts';
import { sentenceOf } from '../problem.ts';
import { formatRoute } from '../route.ts';
import { Dialog } from '../ui/dialog.tsx';
import { tell } from '../ui/toasts.tsx';

interface EditProps {
  readonly video: ListedVideo;
  readonly onChange: (video: ListedVideo) => void;
  readonly onClose: () => void;
}

const TITLE_MAX_LENGTH = 200;
const DESCRIPTION_MAX_LENGTH = 5000;

export function EditDialog({ video, onChange, onClose }: EditProps) {
  const { text } = useSpeech();
  const [title, setTitle] = useState(video.title ?? '');
  const [description, setDescription] = useState(video.description ?? '');
  const [name, setName] = useState(video.name);
  const [error, setError] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const save = async () => {
    setIsBusy(true);
    try {
      const isDescribed = title.trim() !== (video.title ?? '') || description.trim() !== (video.description ?? '');
      if (isDescribed) onChange(await api.describe(video.id, { title: title.trim(), description: description.trim() }));
      if (name.trim() !== video.name) {
        const { name: renamed } = await api.rename(video.name, name.trim());
        location.replace(formatRoute({ view: 'watch', name: renamed }));
      }
      void refresh();
      tell({ text: text.watch.saved });
      onClose();
    } catch (problem) {
      setError(problem);
      setIsBusy(false);
    }
  };
  return (
    <Dialog title={text.watch.editTitle} onClose={onClose}>
      <form
        onSubmit={event => {
          event.preventDefault();
          void save();
        }}
      >
        <label class="field">
          <span>{text.watch.title}</span>
          <input value={title} maxLength={TITLE_MAX_LENGTH} onInput={event => setTitle(event.currentTarget.value)} />
          <small>{text.watch.titleHint}</small>
        </label>
        <label class="field">
          <span>{text.watch.description}</span>
          <textarea rows={5} value={description} maxLength={DESCRIPTION_MAX_LENGTH} onInput={event => setDescription(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{text.watch.fileName}</span>
          <input value={name} required onInput={event => setName(event.currentTarget.value)} />
        </label>
        {error !== undefined && <p class="problem" role="alert">{sentenceOf(error, text)}</p>}
        <div class="dialog-actions">
          <button class="button" type="button" onClick={onClose}>{text.actions.cancel}</button>
          <button class="button button-main" type="submit" disabled={isBusy}>{text.actions.save}</button>
        </div>
      </form>
    </Dialog>
  );
}
