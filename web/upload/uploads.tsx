import { useState } from 'preact/hooks';
import { printable } from '../../lib/base/printable.ts';
import { formatBytes } from '../../lib/base/units.ts';
import { formatDate, formatSpan } from '../format.ts';
import { useSpeech } from '../language.ts';
import { sentenceOf } from '../problem.ts';
import { formatRoute } from '../route.ts';
import { useStore } from '../store.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { ChooseFiles } from './choose-files.tsx';
import { forgetUnfinished, unfinishedIn, type Unfinished } from './unfinished.ts';
import { dismiss, replaceExisting, retry, sendAs, uploads, type UploadItem, type UploadStage } from './upload-list.ts';

export function Uploads() {
  const { text } = useSpeech();
  const items = useStore(uploads);
  return (
    <>
      <div class="view-head">
        <h1>{text.uploads.title}</h1>
        {items.length > 0 && <ChooseFiles />}
      </div>
      {items.length === 0 && <Notice title={text.uploads.emptyTitle} text={text.uploads.emptyText} icon="upload"><ChooseFiles /></Notice>}
      {items.length > 0 && <ul class="uploads">{items.map(item => <UploadRow key={item.key} item={item} />)}</ul>}
      <UnfinishedList items={items} />
    </>
  );
}

function UploadRow({ item }: { readonly item: UploadItem }) {
  const { text, language } = useSpeech();
  const { key, file, name, stage } = item;
  const done = doneOf(item);
  return (
    <li class={`upload upload-${stage.state}`}>
      <div class="upload-head">
        <h2>{printable(name)}</h2>
        <span class="upload-state" role="status">{text.uploads.states[stage.state]}</span>
        {stage.state === 'failed' && <button class="button button-small" type="button" onClick={() => retry(key)}>{text.actions.retry}</button>}
        {stage.state === 'stored' && <a class="button button-small" href={formatRoute({ view: 'watch', name })}>{text.uploads.watch}</a>}
        <button class="button-icon" type="button" aria-label={`${stage.state === 'stored' ? text.uploads.dismiss : text.actions.cancel}: ${name}`} onClick={() => dismiss(key)}><Icon name="close" /></button>
      </div>
      {done !== undefined && <progress class="bar" max={1} value={done} aria-label={text.uploads.barLabel(name)} />}
      <UploadFacts stage={stage} sizeBytes={file.size} />
      {stage.state === 'conflict' && <Conflict item={item} stage={stage} />}
      {stage.state === 'failed' && <p class="problem" role="alert">{sentenceOf(stage.error, text)}</p>}
      {stage.state === 'waiting' && <p class="upload-facts">{formatBytes(file.size, language)}</p>}
    </li>
  );
}

/** From 0 to 1; undefined where there is nothing to show of it. */
function doneOf({ stage, file }: UploadItem): number | undefined {
  if (stage.state === 'waiting') return 0;
  if (stage.state === 'sending') return file.size === 0 ? 1 : stage.sentBytes / file.size;
  return stage.state === 'storing' || stage.state === 'stored' ? 1 : undefined;
}

function UploadFacts({ stage, sizeBytes }: { readonly stage: UploadStage; readonly sizeBytes: number }) {
  const { text, language } = useSpeech();
  if (stage.state === 'sending') {
    const { sentBytes, bytesPerSecond, isResumed } = stage;
    const leftMs = bytesPerSecond ? ((sizeBytes - sentBytes) / bytesPerSecond) * 1000 : undefined;
    return (
      <p class="upload-facts">
        <span>{text.uploads.progress(formatBytes(sentBytes, language), formatBytes(sizeBytes, language))}</span>
        {bytesPerSecond !== undefined && leftMs !== undefined && <span>{text.uploads.rate(formatBytes(bytesPerSecond, language), formatSpan(leftMs, language))}</span>}
        {isResumed && <span>{text.uploads.resumed}</span>}
      </p>
    );
  }
  if (stage.state !== 'storing' && stage.state !== 'stored') return null;
  return (
    <p class="upload-facts">
      <span>{formatBytes(sizeBytes, language)}</span>
      {stage.wanted > 0 && <span>{text.uploads.copies(stage.replicas, stage.wanted)}</span>}
    </p>
  );
}

function Conflict({ item: { key, name }, stage }: { readonly item: UploadItem; readonly stage: Extract<UploadStage, { state: 'conflict' }> }) {
  const { text } = useSpeech();
  const [other, setOther] = useState(stage.free);
  return (
    <form
      class="conflict"
      onSubmit={event => {
        event.preventDefault();
        sendAs(key, other.trim());
      }}
    >
      <p>{text.uploads.conflict(printable(name))}</p>
      <label class="field">
        <span>{text.uploads.newName}</span>
        <input value={other} required onInput={event => setOther(event.currentTarget.value)} />
      </label>
      <div class="row">
        <button class="button button-main" type="submit">{text.uploads.otherName}</button>
        <button class="button" type="button" title={text.uploads.replaceHint} onClick={() => replaceExisting(key, stage.replaces)}>{text.uploads.replace}</button>
      </div>
      <p class="hint">{text.uploads.replaceHint}</p>
    </form>
  );
}

/** Of earlier pages: who chooses the file again goes on with it. */
function UnfinishedList({ items }: { readonly items: readonly UploadItem[] }) {
  const { text, language } = useSpeech();
  const [, redraw] = useState({});
  const left = unfinishedIn(localStorage, Date.now()).filter(({ name, sizeBytes }) => !items.some(item => item.name === name && item.file.size === sizeBytes));
  if (left.length === 0) return null;
  const forget = (upload: Unfinished) => {
    void forgetUnfinished(upload, localStorage);
    redraw({});
  };
  return (
    <section class="panel unfinished">
      <h2>{text.uploads.unfinished}</h2>
      <p>{text.uploads.unfinishedText}</p>
      <ul>
        {left.map(upload => (
          <li key={upload.key}>
            <span><strong>{printable(upload.name)}</strong> · {formatBytes(upload.sizeBytes, language)} · {text.uploads.begunAt(formatDate(upload.begunAtMs, language))}</span>
            <button class="button button-small" type="button" aria-label={`${text.uploads.forget}: ${upload.name}`} onClick={() => forget(upload)}>{text.uploads.forget}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
