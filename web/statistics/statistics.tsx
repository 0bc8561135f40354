import { formatBytes } from '../../lib/base/units.ts';
import { api, csvUrl, type Statistics as Counted } from '../api.ts';
import { formatCount, formatSpan } from '../format.ts';
import { useSpeech } from '../language.ts';
import { CommandLine } from '../ui/command-line.tsx';
import { Notice } from '../ui/notice.tsx';
import { useRepeated } from '../use-repeated.ts';
import { BarTable } from './bar-table.tsx';
import { Charts } from './charts.tsx';
import { Problem } from './problem.tsx';

const EVERY_MS = 10_000;

export function Statistics() {
  const { text } = useSpeech();
  const { value, error, again } = useRepeated(signal => api.statistics({ signal }), EVERY_MS);
  const isEmpty = value && Object.values(value.totals).every(total => total === 0) && Object.keys(value.videos).length === 0;
  const { hostname, port } = location;
  return (
    <>
      <div class="view-head"><h1>{text.statistics.title}</h1></div>
      {error !== undefined && !value && <Problem error={error} onRetry={again} />}
      {error !== undefined && value && <p class="problem" role="alert">{text.machines.stale}</p>}
      {!value && error === undefined && <p class="loading" role="status">{text.loading}</p>}
      {isEmpty && (
        <Notice title={text.statistics.emptyTitle} text={text.statistics.emptyText} icon="chart">
          <CommandLine line={`videocliente descargar NOMBRE --ip-central ${hostname} --puerto-central ${port || '80'}`} />
        </Notice>
      )}
      {value && !isEmpty && (
        <>
          <Totals totals={value.totals} />
          <Charts everyMs={EVERY_MS} />
          <Tables counted={value} />
        </>
      )}
    </>
  );
}

function Totals({ totals }: { readonly totals: Counted['totals'] }) {
  const { text, language } = useSpeech();
  const { downloads, failed, cancelled, expired, receivedBytes, waitedMs, failures, hashFailures, reassignedParts } = totals;
  const words = text.statistics;
  const ended = downloads + failed + cancelled + expired;
  const rows: readonly (readonly [string, string])[] = [
    [words.finished, formatCount(downloads, language)],
    [words.received, formatBytes(receivedBytes, language)],
    [words.endings.failed, formatCount(failed, language)],
    [words.endings.cancelled, formatCount(cancelled, language)],
    [words.endings.expired, formatCount(expired, language)],
    [words.meanWait, formatSpan(waitedMs / Math.max(1, ended), language)],
    [words.faultsOfSources, formatCount(failures, language)],
    [words.faults.reassignedParts, formatCount(reassignedParts, language)],
    [words.faults.hashFailures, formatCount(hashFailures, language)],
  ];
  return <dl class="totals" aria-label={words.totals}>{rows.map(([name, amount]) => <div key={name}><dt>{name}</dt><dd>{amount}</dd></div>)}</dl>;
}

function Tables({ counted: { byNode, videos, clientes } }: { readonly counted: Counted }) {
  const { text, language } = useSpeech();
  const words = text.statistics;
  const count = (value: number) => formatCount(value, language);
  const downloads = [{ title: words.downloads, of: count }];
  return (
    <div class="columns">
      <BarTable
        title={words.byNode}
        named={words.node}
        rows={byNode}
        amountOf={({ bytes }) => bytes}
        columns={[
          { title: words.bytes, of: ({ bytes }) => formatBytes(bytes, language) },
          { title: words.downloads, of: ({ downloads }) => count(downloads) },
          { title: words.faults.failures, of: ({ failures, hashFailures }) => count(failures + hashFailures) },
        ]}
        csv={csvUrl('nodes')}
      />
      <BarTable title={words.byVideo} named={words.video} rows={videos} amountOf={Number} columns={downloads} csv={csvUrl('videos')} />
      <BarTable title={words.byClient} named={words.client} rows={clientes} amountOf={Number} columns={downloads} csv={csvUrl('clients')} />
    </div>
  );
}
