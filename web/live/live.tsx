import { printable } from '../../lib/base/printable.ts';
import { api, type ListedChannel } from '../api.ts';
import { formatCount, formatDate, formatSpan } from '../format.ts';
import { useSpeech } from '../language.ts';
import { sentenceOf } from '../problem.ts';
import { formatRoute } from '../route.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { useRepeated } from '../use-repeated.ts';
import { CopyText } from '../watch/copy-text.tsx';

const EVERY_MS = 3000;

/** Channels that are on the air. */
export function Live() {
  const { text } = useSpeech();
  const { value, error, again } = useRepeated(signal => api.channels({ signal }), EVERY_MS);
  return (
    <>
      <div class="view-head"><h1>{text.live.title}</h1></div>
      {error !== undefined && !value && (
        <Notice title={text.errors.title} text={sentenceOf(error, text)} tone="danger">
          <button class="button" type="button" onClick={again}>{text.actions.retry}</button>
        </Notice>
      )}
      {error !== undefined && value && <p class="problem" role="alert">{text.live.stale}</p>}
      {!value && error === undefined && <p class="loading" role="status">{text.loading}</p>}
      {value && (value.channels.length > 0 ? <ChannelTable channels={value.channels} /> : <HowToBroadcast />)}
    </>
  );
}

function ChannelTable({ channels }: { readonly channels: readonly ListedChannel[] }) {
  const { text } = useSpeech();
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{text.live.name}</th>
          <th scope="col" class="number">{text.live.channel}</th>
          <th scope="col" class="number">{text.live.viewers}</th>
          <th scope="col">{text.live.since}</th>
          <th scope="col"><span class="unseen">{text.live.actions}</span></th>
        </tr>
      </thead>
      <tbody>{channels.map(channel => <ChannelRow key={channel.id} channel={channel} />)}</tbody>
    </table>
  );
}

function ChannelRow({ channel: { id, name, channel, viewers, sinceMs } }: { readonly channel: ListedChannel }) {
  const { text, language } = useSpeech();
  const href = formatRoute({ view: 'channel', id });
  const title = printable(name);
  return (
    <tr>
      <th scope="row">{title}</th>
      <td class="number" data-label={text.live.channel}><span>{channel}</span></td>
      <td class="number" data-label={text.live.viewers}><span>{formatCount(viewers, language)}</span></td>
      <td data-label={text.live.since}><time dateTime={new Date(sinceMs).toISOString()} title={formatDate(sinceMs, language)}>{text.live.forSpan(formatSpan(Date.now() - sinceMs, language))}</time></td>
      <td class="table-actions"><a class="button button-small button-main" href={href} aria-label={text.live.watchOf(title)}><Icon name="play" />{text.live.watch}</a></td>
    </tr>
  );
}

function HowToBroadcast() {
  const { text } = useSpeech();
  const { hostname, port, protocol, origin } = location;
  const place = protocol === 'https:' ? `--ip-central ${origin}` : `--ip-central ${hostname} --puerto-central ${port || '80'}`;
  return (
    <Notice title={text.live.emptyTitle} text={text.live.emptyText} icon="live">
      <CopyText label={text.live.command} value={`videocanal emitir --ip 0.0.0.0 ${place} ${text.live.film}`} />
    </Notice>
  );
}
