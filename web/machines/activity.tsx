import type { ComponentChildren } from 'preact';
import { printable } from '../../lib/base/printable.ts';
import { formatBytes } from '../../lib/base/units.ts';
import { limits } from '../../lib/protocol/limits.ts';
import type { Activity } from '../api.ts';
import { formatCount, formatSpan } from '../format.ts';
import { useSpeech } from '../language.ts';

/** More of them are only counted. */
const SHOWN_MAX = 10;

type Copy = Activity['repairs']['copies'][number];
type Download = Activity['downloads']['granted'][number];
type Waiting = Activity['downloads']['line'][number];

/** What goes on now. */
export function ActivityPanels({ activity: { repairs, downloads } }: { readonly activity: Activity }) {
  return (
    <div class="columns activity">
      <Copies repairs={repairs} />
      <Downloads downloads={downloads} />
    </div>
  );
}

function Copies({ repairs: { files, ordered, copies } }: { readonly repairs: Activity['repairs'] }) {
  const { text, language } = useSpeech();
  const count = formatCount(files, language);
  return (
    <section class="panel">
      <div class="activity-head">
        <h2>{text.activity.copies}</h2>
        {files > 0 && <span class="hint">{text.activity.lacking(files, files < limits.lackingCounted ? count : text.activity.orMore(count))}</span>}
      </div>
      {copies.length === 0 ? <p class="hint">{text.activity.noCopies}</p> : <Some total={ordered}>{copies.slice(0, SHOWN_MAX).map(copy => <CopyRow key={`${copy.to}/${copy.id}`} copy={copy} />)}</Some>}
    </section>
  );
}

function CopyRow({ copy: { name, sizeBytes, from, to, doneBytes, bytesPerSecond, leftMs } }: { readonly copy: Copy }) {
  const { text, language } = useSpeech();
  return (
    <li>
      <strong>{printable(name)}</strong>
      <p class="upload-facts"><span>{from.length > 0 ? text.activity.route(from, to) : text.activity.routeTo(to)}</span></p>
      <progress class="bar" max={1} value={sizeBytes === 0 ? 1 : (doneBytes ?? 0) / sizeBytes} aria-label={text.activity.barLabel(name, to)} />
      <p class="upload-facts">
        {doneBytes === undefined ? <span>{text.activity.notBegun}</span> : <span>{text.uploads.progress(formatBytes(doneBytes, language), formatBytes(sizeBytes, language))}</span>}
        {bytesPerSecond !== undefined && <span>{text.activity.rate(formatBytes(bytesPerSecond, language))}</span>}
        {leftMs !== undefined && <span>{text.activity.left(formatSpan(leftMs, language))}</span>}
      </p>
    </li>
  );
}

function Downloads({ downloads: { running, waiting, granted, line } }: { readonly downloads: Activity['downloads'] }) {
  const { text, language } = useSpeech();
  return (
    <section class="panel">
      <div class="activity-head">
        <h2>{text.activity.downloads}</h2>
        {running + waiting > 0 && <span class="hint">{text.activity.running(formatCount(running, language))} · {text.activity.waiting(formatCount(waiting, language))}</span>}
      </div>
      {running + waiting === 0 && <p class="hint">{text.activity.noDownloads}</p>}
      {granted.length > 0 && <Some total={running}>{granted.slice(0, SHOWN_MAX).map((download, index) => <DownloadRow key={index} download={download} />)}</Some>}
      {line.length > 0 && (
        <>
          <h3>{text.activity.line}</h3>
          <Some total={waiting}>{line.slice(0, SHOWN_MAX).map(one => <WaitingRow key={one.position} one={one} />)}</Some>
        </>
      )}
    </section>
  );
}

function DownloadRow({ download: { client, name, doneBytes, sizeBytes, runningMs } }: { readonly download: Download }) {
  const { text, language } = useSpeech();
  return (
    <li>
      <strong>{printable(name)}</strong>
      <progress class="bar" max={1} value={sizeBytes === 0 ? 1 : doneBytes / sizeBytes} aria-label={text.activity.downloadLabel(name, client)} />
      <p class="upload-facts">
        <span>{printable(client)}</span>
        <span>{text.uploads.progress(formatBytes(doneBytes, language), formatBytes(sizeBytes, language))}</span>
        <span>{text.activity.runningFor(formatSpan(runningMs, language))}</span>
      </p>
    </li>
  );
}

function WaitingRow({ one: { client, name, position, waitedMs } }: { readonly one: Waiting }) {
  const { text, language } = useSpeech();
  return (
    <li>
      <strong><span class="activity-place">{position}</span>{printable(name)}</strong>
      <p class="upload-facts">
        <span>{printable(client)}</span>
        <span>{text.activity.waitedFor(formatSpan(waitedMs, language))}</span>
      </p>
    </li>
  );
}

/** The first of a list, and how many more there are. */
function Some({ total, children }: { readonly total: number; readonly children: readonly ComponentChildren[] }) {
  const { text, language } = useSpeech();
  const others = total - children.length;
  return (
    <>
      <ul class="activity-list">{children}</ul>
      {others > 0 && <p class="hint">{text.activity.others(formatCount(others, language))}</p>}
    </>
  );
}
