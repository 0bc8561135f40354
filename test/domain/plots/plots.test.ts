import test from 'ava';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { LANGUAGES, messagesIn, type Language } from '../../../lib/base/messages/index.ts';
import { centralPlots } from '../../../lib/domain/plots/central-plots.ts';
import { clientPlots, hasTimeline } from '../../../lib/domain/plots/client-plots.ts';
import type { Plot } from '../../../lib/domain/plots/frame.ts';
import { hues } from '../../../lib/domain/plots/svg.ts';
import { centralStatistics, type CentralStatistics, type ClientStatistics } from '../../../lib/domain/statistics.ts';
import { noAmounts } from '../../../lib/domain/time-series.ts';
import { readStatisticsFile } from '../../helpers/statistics-schema.ts';

const central = readStatisticsFile('sample-central.json') as CentralStatistics;
const client = readStatisticsFile('sample-client.json') as ClientStatistics;
const readingIn = (language: Language) => ({ language, messages: messagesIn(language).plots, timeZone: 'UTC' });
const spanish = readingIn('es');
const LEGEND_HEIGHT = 10;
const RIGHT_EDGE = 868;
const timed = client.downloads.find(hasTimeline)!;

function plotNamed(plots: readonly Plot[], name: string): string {
  return plots.find(plot => plot.name === name)!.svg;
}

/** Every text of a picture. */
function textsOf(svg: string): readonly string[] {
  const texts: string[] = [];
  new XMLParser({ tagValueProcessor: (name, value) => void (name === 'text' && texts.push(value)), htmlEntities: true, parseTagValue: false }).parse(svg);
  return texts;
}

/** Widths of the bars of one colour, from the top down. */
function barsOf(svg: string, color: string): readonly number[] {
  return [...svg.matchAll(/<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="16" fill="(#\w+)"/g)].filter(([, , fill]) => fill === color).map(([, width]) => Number(width));
}

for (const language of LANGUAGES) {
  test(`every picture is a well-formed document without a broken figure, in ${language}`, t => {
    const plots = [...centralPlots(central, readingIn(language)), ...clientPlots('cliente-ana', client, timed, readingIn(language))];
    t.deepEqual(
      plots.map(({ name }) => name),
      [
        'central-descargas-por-video',
        'central-descargas-por-cliente',
        'central-bytes-por-secundario',
        'central-ultimas-24-horas',
        'central-ultimos-90-dias',
        'cliente-ana-descargas',
        'cliente-ana-bytes-por-fuente',
        'cliente-ana-descarga',
      ],
    );
    for (const { name, svg } of plots) {
      t.is(XMLValidator.validate(svg), true, name);
      t.notRegex(svg, /NaN|Infinity|undefined|="-\d+(\.\d+)?" height|width="-/, name);
      t.regex(svg, new RegExp(`<svg [^>]*lang="${language}"`));
    }
    t.true(textsOf(plots[0]!.svg).includes(messagesIn(language).plots.byVideo));
  });
}

test('bars are as long as what they stand for, and the most downloaded comes first', t => {
  const svg = plotNamed(centralPlots({ ...central, videos: { 'a.mp4': 10, 'b.mp4': 40, 'c.mp4': 20 } }, spanish), 'central-descargas-por-video');
  const [longest, ...others] = barsOf(svg, hues.blue);
  t.deepEqual(others.map(width => Math.round((width / longest!) * 100)), [50, 25]);
  const texts = textsOf(svg);
  t.true(texts.indexOf('b.mp4') < texts.indexOf('c.mp4') && texts.indexOf('c.mp4') < texts.indexOf('a.mp4'));
});

test('of very many videos the first twenty are drawn, and how many there are is said', t => {
  const videos = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`vídeo ${index}.mp4`, index + 1]));
  const svg = plotNamed(centralPlots({ ...central, videos }, spanish), 'central-descargas-por-video');
  t.is(barsOf(svg, hues.blue).length, 20);
  t.true(textsOf(svg).some(text => text === 'Los 20 primeros de 50; 1275 descargas en total.'));
});

test('a name is text, whatever is in it', t => {
  const name = '</text><script>alert("x")</script>\u0000\u001b[31m&amp;\ud800.mp4';
  const svg = plotNamed(centralPlots({ ...central, videos: { [name]: 1 } }, spanish), 'central-descargas-por-video');
  t.is(XMLValidator.validate(svg), true);
  t.notRegex(svg, /<script|\p{Cs}/u);
  t.false(['\u0000', '\u001b'].some(character => svg.includes(character)));
  t.true(textsOf(svg).some(text => text.startsWith('</text><script>')));
});

test('what each secondary gave stands beside what it failed', t => {
  const byNode = { 1: { downloads: 2, bytes: 3000, failures: 0, hashFailures: 0, reassignedParts: 0 }, 12: { downloads: 1, bytes: 1000, failures: 2, hashFailures: 1, reassignedParts: 5 } };
  const svg = plotNamed(centralPlots({ ...central, byNode }, spanish), 'central-bytes-por-secundario');
  const [blue] = barsOf(svg, hues.blue);
  t.is(Math.round(barsOf(svg, hues.blue)[1]! / blue! * 9), 3);
  const faults = [hues.vermilion, hues.orange, hues.purple].map(color => Math.max(...barsOf(svg, color)));
  t.deepEqual(faults.map(width => Math.round(width / faults[2]!)), [2, 5, 1].filter(width => width !== 1).concat(1));
  t.true(['secundario-1', 'secundario-12', '8'].every(text => textsOf(svg).includes(text)));
});

test('a minute that has just begun is drawn until now, and is no peak of the rate', t => {
  const savedAt = '2026-11-20T18:10:01.000Z';
  const startsAtMs = Date.parse('2026-11-20T18:08:00.000Z');
  const minute = [0, 1, 2].map(index => ({ startsAtMs: startsAtMs + index * 60_000, ...noAmounts, bytes: 6_000_000, done: 1 }));
  const svg = plotNamed(centralPlots({ ...central, savedAt, series: { minute, hour: [] } }, spanish), 'central-ultimas-24-horas');
  const heights = [...svg.matchAll(/height="([\d.]+)" fill="#0072b2"/g)].map(([, height]) => Number(height)).filter(height => height !== LEGEND_HEIGHT);
  t.is(heights.length, 6, 'three rates, three downloads');
  t.is(new Set(heights.slice(0, 3)).size, 1);
  const rights = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="[\d.]+" fill="#0072b2"/g)].map(([, x, width]) => Number(x) + Number(width));
  t.true(Math.max(...rights) <= RIGHT_EDGE + 1, 'nothing is drawn beyond now');
});

test('a timeline has a lane for each source, and a mark for each failure', t => {
  const [run] = timed.timeline;
  const timeline = [run!, { ...run!, source: 'secundario-2', outcome: 'failed' as const }, { ...run!, source: 'secundario-10', outcome: 'corrupt' as const }, { ...run!, source: 'secundario-2', outcome: 'cancelled' as const }];
  const svg = plotNamed(clientPlots('x', client, { ...timed, timeline }, spanish), 'x-descarga');
  const lanes = textsOf(svg).filter(text => /^secundario-\d+$/.test(text));
  t.deepEqual(lanes, ['secundario-1', 'secundario-2', 'secundario-10']);
  t.is(svg.match(/<path [^>]*stroke="#d55e00"/g)?.length, 1);
  t.is(svg.match(/<path [^>]*fill="#cc79a7"/g)?.length, 2, 'its edge and itself');
  t.true(['recibido', 'anulado', '× fallo o silencio', '◆ parte dañada'].every(text => textsOf(svg).includes(text)));
});

test('where nothing was counted there is nothing to draw', t => {
  t.deepEqual(centralPlots(centralStatistics(), spanish), []);
  t.deepEqual(clientPlots('x', { ...client, downloads: [] }, undefined, spanish), []);
});
