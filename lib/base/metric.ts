/** What a program tells a monitoring system of itself, in the terms of Prometheus. Names say their unit, in seconds and bytes. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  /** Behind the metric's name: `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: string;
  /** Of a set that is known beforehand: a name of a file or a client has no place here. */
  readonly labels?: Labels;
  readonly value: number;
}

/** What only grows, apart from restarts. */
export function counter(name: string, help: string, samples: number | readonly Sample[]): Metric {
  return { name, help, type: 'counter', samples: samplesOf(samples) };
}

export function gauge(name: string, help: string, samples: number | readonly Sample[]): Metric {
  return { name, help, type: 'gauge', samples: samplesOf(samples) };
}

/** One sample for each value of a label. */
export function by(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function samplesOf(samples: number | readonly Sample[]): readonly Sample[] {
  return typeof samples === 'number' ? [{ value: samples }] : samples;
}
