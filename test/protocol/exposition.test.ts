import test from 'ava';
import { Histogram } from '../../lib/base/histogram.ts';
import { by, counter, gauge } from '../../lib/base/metric.ts';
import { formatMetrics } from '../../lib/protocol/exposition.ts';

test('metrics are told in the text format of Prometheus', t => {
  const metrics = [gauge('rooms', 'How many', 3), counter('visits_total', 'By day', by('day', { monday: 1, sunday: 2.5 }))];
  t.is(
    formatMetrics(metrics),
    '# HELP rooms How many\n# TYPE rooms gauge\nrooms 3\n# HELP visits_total By day\n# TYPE visits_total counter\nvisits_total{day="monday"} 1\nvisits_total{day="sunday"} 2.5\n',
  );
});

test('what would end a line or a label is escaped; what is no number is told as Prometheus writes it', t => {
  const samples = [NaN, Infinity, -Infinity].map(value => ({ labels: { what: 'a "b"\\\nc' }, value }));
  const [help, , ...lines] = formatMetrics([gauge('odd', 'two\nlines \\', samples)]).split('\n');
  t.is(help, '# HELP odd two\\nlines \\\\');
  t.deepEqual(lines, ['NaN', '+Inf', '-Inf'].map(value => `odd{what="a \\"b\\"\\\\\\nc"} ${value}`).concat(''));
});

test('a histogram counts at each bound what lies at or below it', t => {
  const histogram = new Histogram([0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) histogram.add(value);
  t.is(
    formatMetrics([{ name: 'wait_seconds', help: 'x', type: 'histogram', samples: histogram.samples({ at: 'door' }) }]).split('\n').slice(2).join('\n'),
    [
      'wait_seconds_bucket{at="door",le="0.1"} 2',
      'wait_seconds_bucket{at="door",le="1"} 3',
      'wait_seconds_bucket{at="door",le="+Inf"} 4',
      'wait_seconds_sum{at="door"} 7.65',
      'wait_seconds_count{at="door"} 4',
      '',
    ].join('\n'),
  );
});
