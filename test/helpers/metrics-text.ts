/** What a text of metrics says: by name and labels, as `name{a="b"}`. */
export function metricsIn(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

export async function metricsAt(url: string): Promise<ReadonlyMap<string, number>> {
  return metricsIn(await (await fetch(`${url}/metrics`)).text());
}

/** The values of a label that occur. */
export function labelsIn(metrics: ReadonlyMap<string, number>, label: string): readonly string[] {
  const found = [...metrics.keys()].flatMap(key => new RegExp(`[{,]${label}="([^"]*)"`).exec(key)?.[1] ?? []);
  return [...new Set(found)].sort();
}
