import { useEffect, useState } from 'preact/hooks';
import { api, type Statistics as Counted } from '../api.ts';
import { formatCount } from '../format.ts';
import { useSpeech } from '../language.ts';
import { sentenceOf } from '../problem.ts';
import { Notice } from '../ui/notice.tsx';

export function Statistics() {
  const { text } = useSpeech();
  const [counted, setCounted] = useState<Counted>();
  const [error, setError] = useState<unknown>();
  const read = () => {
    api.statistics().then(setCounted, setError);
  };
  useEffect(read, []);
  const isEmpty = counted && Object.keys(counted.videos).length + Object.keys(counted.clientes).length === 0;
  return (
    <>
      <div class="view-head"><h1>{text.statistics.title}</h1></div>
      {error !== undefined && !counted && (
        <Notice title={text.errors.title} text={sentenceOf(error, text)} tone="danger">
          <button class="button" type="button" onClick={read}>{text.actions.retry}</button>
        </Notice>
      )}
      {!counted && error === undefined && <p class="loading" role="status">{text.loading}</p>}
      {isEmpty && <Notice title={text.statistics.emptyTitle} text={text.statistics.emptyText} icon="chart" />}
      {counted && !isEmpty && (
        <div class="columns">
          <Counts title={text.statistics.byVideo} of={text.statistics.video} counts={counted.videos} />
          <Counts title={text.statistics.byClient} of={text.statistics.client} counts={counted.clientes} />
        </div>
      )}
    </>
  );
}

/** The most first; the bar compares with the first of them. */
function Counts({ title, of, counts }: { readonly title: string; readonly of: string; readonly counts: Readonly<Record<string, number>> }) {
  const { text, language } = useSpeech();
  const rows = Object.entries(counts).toSorted(([nameA, a], [nameB, b]) => b - a || nameA.localeCompare(nameB, language));
  const most = rows[0]?.[1] ?? 1;
  return (
    <section class="panel">
      <h2>{title}</h2>
      <table class="counts">
        <thead><tr><th scope="col">{of}</th><th scope="col" class="number">{text.statistics.downloads}</th></tr></thead>
        <tbody>
          {rows.map(([name, count]) => (
            <tr key={name}>
              <th scope="row">{name}<span class="counts-bar" aria-hidden="true" style={{ width: `${(count / most) * 100}%` }} /></th>
              <td class="number">{formatCount(count, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
