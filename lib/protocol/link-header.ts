/** One link of a `Link` field (RFC 8288). */
export interface Link {
  /** Absolute. */
  readonly url: string;
  /** Parameters by lower-case name, the first of each. */
  readonly parameters: ReadonlyMap<string, string>;
}

const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;
const NO_PRIORITY = Infinity;

/** Reads the fields' values; targets are relative to `base`. What is no link is skipped. */
export function parseLinks(fields: readonly string[], base: URL): readonly Link[] {
  return fields.flatMap(field =>
    [...field.matchAll(LINK)].flatMap(([, target, parameters]) => {
      if (!URL.canParse(target!, base.href)) return [];
      return [{ url: new URL(target!, base).href, parameters: parametersIn(parameters!) }];
    }),
  );
}

/** Mirrors that a server names (RFC 6249 §3), the best first. */
export function duplicatesIn(links: readonly Link[]): readonly string[] {
  return links
    .filter(link => hasRelation(link, 'duplicate'))
    .map(({ url, parameters }) => ({ url, priority: priorityOf(parameters.get('pri')) }))
    .sort((one, other) => (one.priority === other.priority ? 0 : one.priority - other.priority))
    .map(({ url }) => url);
}

/** The first document of that media type that describes the answer (RFC 6249 §5). */
export function describedBy(links: readonly Link[], mediaType: string): string | undefined {
  return links.find(link => hasRelation(link, 'describedby') && link.parameters.get('type')?.toLowerCase() === mediaType)?.url;
}

function hasRelation({ parameters }: Link, relation: string): boolean {
  return (parameters.get('rel') ?? '').toLowerCase().split(/\s+/).includes(relation);
}

function priorityOf(text: string | undefined): number {
  return /^\d{1,6}$/.test(text ?? '') ? Number(text) : NO_PRIORITY;
}

function parametersIn(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name, quoted, token] of text.matchAll(PARAMETER)) {
    const key = name!.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? token ?? '');
  }
  return parameters;
}
