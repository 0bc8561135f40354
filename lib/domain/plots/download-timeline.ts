import type { Language, PlotMessages } from '../../base/messages/index.ts';
import { formatBytes, formatRate } from '../../base/units.ts';
import type { DownloadRecord, RunOutcome, SourceRecord, TimelineRun } from '../statistics.ts';
import { durationAxis } from './axis.ts';
import { framed, MARGIN, WIDTH } from './frame.ts';
import { formatDate, type Reading } from './reading.ts';
import { element, fitted, hues, ink, label, line, rectangle, type Svg } from './svg.ts';

const LEFT = MARGIN + 196;
const LANES_HEIGHT = 420;
const [LANE_MIN, LANE_MAX] = [30, 84];
const LANE_GAP = 12;
const MARK_SIZE = 5;
const RUN_MIN_HEIGHT = 3;
const RUN_MIN_WIDTH = 1.5;
/** Of a run that is told together with others, of other parts of the file; else it would look as if all of it came from here. */
const FAINTEST = 0.4;

const colors: { readonly [O in RunOutcome]: string } = { done: hues.blue, failed: hues.vermilion, corrupt: hues.purple, cancelled: hues.grey };

/** One download: a lane for each source, in it what it was asked for and when, and where in the file that is; failures are marked. */
export function downloadTimeline(record: DownloadRecord & { readonly timeline: readonly TimelineRun[] }, reading: Reading): Svg {
  const { language, messages } = reading;
  const { timeline } = record;
  const sources = [...new Set(timeline.map(({ source }) => source))].toSorted((one, other) => one.localeCompare(other, undefined, { numeric: true }));
  const laneHeight = Math.min(LANE_MAX, Math.max(LANE_MIN, LANES_HEIGHT / sources.length - LANE_GAP));
  const axis = durationAxis(Math.max(1, ...timeline.map(({ endMs }) => endMs)), language, 10);
  const right = WIDTH - MARGIN - 44;
  const x = (ms: number) => LEFT + (ms / axis.max) * (right - LEFT);
  const outcomes = (['done', 'cancelled', 'failed', 'corrupt'] as const).filter(outcome => timeline.some(run => run.outcome === outcome));
  const frame = {
    title: messages.timeline.title(record.name),
    notes: [summaryOf(record, reading), messages.timeline.howToRead],
    legend: outcomes.map(outcome => ({ text: messages.timeline.outcomes[outcome], color: colors[outcome] })),
    language,
  };
  return framed(frame, top => {
    const bottom = top + sources.length * (laneHeight + LANE_GAP);
    const lane = (index: number) => top + index * (laneHeight + LANE_GAP) + LANE_GAP / 2;
    const papers = sources.map((_, index) => rectangle(LEFT, lane(index), right - LEFT, laneHeight, '#f5f5f5'));
    const grid = axis.ticks.flatMap(({ value, text }) => [
      line(x(value), top, x(value), bottom, value === 0 ? ink.axis : ink.grid),
      label(text, x(value), bottom + 16, { size: 10, anchor: 'middle', color: ink.faint }),
    ]);
    const lanes = sources.map((source, index) => {
      const runs = timeline.filter(run => run.source === source);
      const place = { top: lane(index), height: laneHeight, right, x };
      return laneOf(source, runs, record, place, { language, messages });
    });
    const axisTitle = label(messages.timeline.time(axis.unit), (LEFT + right) / 2, bottom + 34, { anchor: 'middle', color: ink.faint });
    return { pieces: [...papers, ...grid, ...lanes.flat(), axisTitle], bottom: bottom + 44 };
  });
}

interface Lane {
  readonly top: number;
  readonly height: number;
  readonly right: number;
  readonly x: (ms: number) => number;
}

function laneOf(source: string, runs: readonly TimelineRun[], record: DownloadRecord, lane: Lane, words: Pick<Reading, 'language' | 'messages'>): readonly Svg[] {
  const { top, height, right, x } = lane;
  const given = record.sources.find(({ id }) => id === source);
  const width = LEFT - MARGIN - 14;
  const middle = top + height / 2;
  const names = [
    label(fitted(source, width, 12), LEFT - 14, middle - 2, { size: 12, anchor: 'end', isBold: true }),
    ...(given ? [label(fitted(gaveText(given, words), width, 10), LEFT - 14, middle + 12, { size: 10, anchor: 'end', color: ink.faint })] : []),
  ];
  const percent = (share: number) => share.toLocaleString(words.language, { style: 'percent' });
  const edges = [label(percent(0), right + 5, top + 8, { size: 9, color: ink.faint }), label(percent(1), right + 5, top + height, { size: 9, color: ink.faint })];
  const inFile = (part: number) => top + (part / record.parts) * height;
  const bars = runs.map(run => {
    const from = inFile(run.firstPart);
    const tall = Math.max(RUN_MIN_HEIGHT, inFile(run.lastPart + 1) - from);
    const wide = Math.max(RUN_MIN_WIDTH, x(run.endMs) - x(run.startMs));
    return rectangle(x(run.startMs), Math.min(from, top + height - tall), wide, tall, colors[run.outcome], { 'fill-opacity': densityOf(run) });
  });
  const failed = runs.filter(({ outcome }) => outcome === 'failed' || outcome === 'corrupt');
  const marks = failed.map(run => mark(x(run.endMs), Math.min(top + height - MARK_SIZE, Math.max(top + MARK_SIZE, inFile((run.firstPart + run.lastPart + 1) / 2))), run.outcome));
  return [...edges, ...bars, ...marks, ...names];
}

/** How much of what the bar covers is of this run. */
function densityOf({ firstPart, lastPart, parts, requests, outcome }: TimelineRun): number {
  return outcome !== 'done' || requests === 1 ? 0.85 : Math.max(FAINTEST, Math.min(1, parts / (lastPart - firstPart + 1)));
}

/** A cross for a failure, a diamond for a wrong part: they differ in form too. */
function mark(x: number, y: number, outcome: RunOutcome): Svg {
  const cross = `M${x - MARK_SIZE} ${y - MARK_SIZE}L${x + MARK_SIZE} ${y + MARK_SIZE}M${x - MARK_SIZE} ${y + MARK_SIZE}L${x + MARK_SIZE} ${y - MARK_SIZE}`;
  const diamond = `M${x} ${y - MARK_SIZE - 1}L${x + MARK_SIZE + 1} ${y}L${x} ${y + MARK_SIZE + 1}L${x - MARK_SIZE - 1} ${y}Z`;
  const shape = outcome === 'corrupt' ? { d: diamond, fill: hues.purple, stroke: ink.text } : { d: cross, fill: 'none', stroke: hues.vermilion };
  // Upon paper, so that it is seen on a bar too.
  return [element('path', { ...shape, stroke: ink.paper, 'stroke-width': 5 }), element('path', { ...shape, 'stroke-width': outcome === 'corrupt' ? 1 : 2.4 })].join('');
}

function summaryOf({ sizeBytes, rate, elapsedMs, startedAt, outcome }: DownloadRecord, { language, messages, timeZone }: Reading): string {
  const seconds = (elapsedMs / 1000).toLocaleString(language, { maximumFractionDigits: 1 });
  const facts = [messages.outcomes[outcome], formatBytes(sizeBytes, language), `${seconds} s`, formatRate(rate, language), formatDate(Date.parse(startedAt), { language, timeZone })];
  return facts.join(' · ');
}

function gaveText({ bytes, parts, failures, hashFailures }: SourceRecord, { language, messages }: { readonly language: Language; readonly messages: PlotMessages }): string {
  return [messages.parts(parts), formatBytes(bytes, language), ...messages.faults({ failures, hashFailures, reassignedParts: 0 })].join(' · ');
}
