import { useState } from 'preact/hooks';
import { formatBytes } from '../../lib/base/units.ts';
import { api, type ListedNode, type NodeList } from '../api.ts';
import { formatCount, formatSpan } from '../format.ts';
import { useSpeech } from '../language.ts';
import { sentenceOf } from '../problem.ts';
import { CommandLine } from '../ui/command-line.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { tell } from '../ui/toasts.tsx';
import { useRepeated } from '../use-repeated.ts';
import { ActivityPanels } from './activity.tsx';
import { LiveLog } from './live-log.tsx';

const EVERY_MS = 2000;
/** Of its disk: less is shown as a warning. */
const LITTLE_ROOM = 0.1;

type Decision = 'drain' | 'reactivate' | 'retire';

export function Machines() {
  const { text } = useSpeech();
  const { value, error, again } = useRepeated(async signal => {
    const [list, activity] = await Promise.all([api.nodes({ signal }), api.activity({ signal })]);
    return { list, activity };
  }, EVERY_MS);
  return (
    <>
      <div class="view-head"><h1>{text.machines.title}</h1></div>
      {error !== undefined && !value && (
        <Notice title={text.errors.title} text={sentenceOf(error, text)} tone="danger">
          <button class="button" type="button" onClick={again}>{text.actions.retry}</button>
        </Notice>
      )}
      {error !== undefined && value && <p class="problem" role="alert">{text.machines.stale}</p>}
      {!value && error === undefined && <p class="loading" role="status">{text.loading}</p>}
      {value && (
        <>
          <NodeTable list={value.list} onChanged={again} />
          {value.list.conflicts.length > 0 && <Conflicts conflicts={value.list.conflicts} />}
          <ActivityPanels activity={value.activity} />
          <LiveLog />
        </>
      )}
    </>
  );
}

function NodeTable({ list: { nodes, replicas }, onChanged }: { readonly list: NodeList; readonly onChanged: () => void }) {
  const { text, language } = useSpeech();
  const [asked, setAsked] = useState<{ readonly number: number; readonly decision: Decision }>();
  if (nodes.length === 0) {
    const { hostname, port } = location;
    return <Notice title={text.machines.emptyTitle} text={text.machines.emptyText} icon="machine"><CommandLine line={`videosecundario -n 1 --ip-central ${hostname} --puerto-central ${port || '80'}`} /></Notice>;
  }
  const sum = (key: 'freeBytes' | 'totalBytes') => formatBytes(nodes.reduce((bytes, node) => bytes + node[key], 0), language);
  const decide = async (number: number, decision: Decision) => {
    setAsked(undefined);
    try {
      await api.decide(number, decision);
      tell({ text: text.machines.done[decision](number) });
      onChanged();
    } catch (problem) {
      tell({ text: sentenceOf(problem, text), tone: 'danger' });
    }
  };
  return (
    <>
      <p class="summary">{text.machines.total(nodes.length, sum('freeBytes'), sum('totalBytes'))} · {text.machines.wanted(replicas)}</p>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{text.machines.machine}</th>
            <th scope="col">{text.machines.state}</th>
            <th scope="col">{text.machines.zone}</th>
            <th scope="col">{text.machines.space}</th>
            <th scope="col" class="number">{text.machines.files}</th>
            <th scope="col">{text.machines.load}</th>
            <th scope="col">{text.machines.heard}</th>
            <th scope="col"><span class="unseen">{text.machines.actions}</span></th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(node => <NodeRow key={node.number} node={node} onAsk={decision => (decision === 'reactivate' ? void decide(node.number, decision) : setAsked({ number: node.number, decision }))} />)}
        </tbody>
      </table>
      {asked && (
        <Confirm
          title={asked.decision === 'drain' ? text.machines.drainTitle(asked.number) : text.machines.retireTitle(asked.number)}
          text={asked.decision === 'drain' ? text.machines.drainText : text.machines.retireText}
          yes={text.machines[asked.decision]}
          no={text.actions.cancel}
          isDangerous={asked.decision === 'retire'}
          onAnswer={isYes => (isYes ? void decide(asked.number, asked.decision) : setAsked(undefined))}
        />
      )}
    </>
  );
}

function NodeRow({ node, onAsk }: { readonly node: ListedNode; readonly onAsk: (decision: Decision) => void }) {
  const { text, language } = useSpeech();
  const { number, url, state, mode, zone, freeBytes, totalBytes, files, activeRequests, copying, silentMs } = node;
  const isActive = mode === 'active';
  const space = text.machines.spaceOf(formatBytes(freeBytes, language), formatBytes(totalBytes, language));
  const label = (word: string) => `${word}: ${text.machines.machine} ${number}`;
  return (
    <tr>
      <th scope="row">{number}<small>{url}</small></th>
      <td data-label={text.machines.state}>
        <span class={`state state-${state}`}>{text.machines.states[state]}</span>
        {!isActive && <small>{text.machines.modes[mode]}</small>}
      </td>
      <td data-label={text.machines.zone}>{zone ?? '–'}</td>
      <td data-label={text.machines.space}>
        <span class={`meter${freeBytes < totalBytes * LITTLE_ROOM ? ' meter-low' : ''}`} aria-hidden="true"><span style={{ width: `${(freeBytes / Math.max(1, totalBytes)) * 100}%` }} /></span>
        <small>{space}</small>
      </td>
      <td class="number" data-label={text.machines.files}>{formatCount(files, language)}</td>
      <td data-label={text.machines.load}>{text.machines.loadOf(activeRequests)}{copying.length > 0 && <small>{text.machines.copying(copying.length)}</small>}</td>
      <td data-label={text.machines.heard}>{silentMs === undefined ? text.machines.never : text.machines.ago(formatSpan(silentMs, language))}</td>
      <td class="table-actions">
        {isActive ? (
          <button class="button button-small" type="button" aria-label={label(text.machines.drain)} onClick={() => onAsk('drain')}>{text.machines.drain}</button>
        ) : (
          <button class="button button-small" type="button" aria-label={label(text.machines.reactivate)} onClick={() => onAsk('reactivate')}>{text.machines.reactivate}</button>
        )}
        <button class="button button-small" type="button" aria-label={label(text.machines.retire)} onClick={() => onAsk('retire')}>{text.machines.retire}</button>
      </td>
    </tr>
  );
}

function Conflicts({ conflicts }: { readonly conflicts: NodeList['conflicts'] }) {
  const { text } = useSpeech();
  return (
    <section class="panel">
      <h2>{text.machines.conflicts}</h2>
      <p>{text.machines.conflictsText}</p>
      <ul>{conflicts.map(({ name, otherId, nodes }) => <li key={`${name}/${otherId}`}>{text.machines.conflict(name, nodes)}</li>)}</ul>
    </section>
  );
}
