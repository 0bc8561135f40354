import type { ServicePlace } from '../domain/service-order.ts';
import { LOCAL_SERVICE, SERVICE_KINDS, SERVICE_TEXT } from './service.ts';

/** A resource record as the package `multicast-dns` takes it. */
export type ServiceRecord =
  | { readonly type: 'PTR'; readonly name: string; readonly ttl: number; readonly data: string }
  | { readonly type: 'SRV'; readonly name: string; readonly ttl: number; readonly flush?: boolean; readonly data: { readonly target: string; readonly port: number; readonly priority: number; readonly weight: number } }
  | { readonly type: 'TXT'; readonly name: string; readonly ttl: number; readonly flush?: boolean; readonly data: string[] }
  | { readonly type: 'A'; readonly name: string; readonly ttl: number; readonly flush?: boolean; readonly data: string };

/** A record that came from the network: nothing of it is certain. */
export interface ForeignRecord {
  readonly type: string;
  readonly name: string;
  readonly ttl?: number | undefined;
  readonly data?: unknown;
}

export interface ServiceQuestion {
  readonly name: string;
  readonly type: string;
}

/** A central as one network sees it. */
export interface AnnouncedCentral {
  /** `MACHINE-PORT`. */
  readonly label: string;
  /** Where that network reaches it. */
  readonly address: string;
  readonly port: number;
}

/** Lifetimes of records that name a host, and of others (RFC 6762 §10). */
const HOST_TTL_S = 120;
const OTHER_TTL_S = 4500;

/** Everything that a central says of itself; `ttlS` 0 takes it back (RFC 6762 §10.1). */
export function recordsOf({ label, address, port }: AnnouncedCentral, ttlS?: number): readonly ServiceRecord[] {
  const [instance, host] = [`${label}.${LOCAL_SERVICE}`, `${label}.local`];
  return [
    { type: 'PTR', name: LOCAL_SERVICE, ttl: ttlS ?? OTHER_TTL_S, data: instance },
    { type: 'SRV', name: instance, ttl: ttlS ?? HOST_TTL_S, flush: true, data: { target: host, port, priority: 0, weight: 0 } },
    { type: 'TXT', name: instance, ttl: ttlS ?? OTHER_TTL_S, flush: true, data: [...SERVICE_TEXT] },
    { type: 'A', name: host, ttl: ttlS ?? HOST_TTL_S, flush: true, data: address },
  ];
}

export interface ServiceAnswer {
  readonly answers: readonly ServiceRecord[];
  /** What who asked will want to know next (RFC 6763 §12). */
  readonly additionals: readonly ServiceRecord[];
}

/** What a central answers to questions of its network; undefined when they are none of its business, or it is `known`. */
export function answerTo(questions: readonly ServiceQuestion[], known: readonly ForeignRecord[], central: AnnouncedCentral): ServiceAnswer | undefined {
  const kinds: ServiceRecord = { type: 'PTR', name: SERVICE_KINDS, ttl: OTHER_TTL_S, data: LOCAL_SERVICE };
  const records = recordsOf(central);
  const answers = [kinds, ...records].filter(record => questions.some(question => asksFor(question, record)) && !isKnown(record, known));
  if (answers.length === 0) return undefined;
  const isAboutCentral = answers.some(answer => answer !== kinds);
  return { answers, additionals: isAboutCentral ? records.filter(record => !answers.includes(record)) : [] };
}

/** The centrals of an answer, with the address at which whoever answered can be reached where no other is told. */
export function centralsIn(records: readonly ForeignRecord[], answeredFrom: string): readonly (ServicePlace & { readonly label: string })[] {
  return records.flatMap(({ type, name, data, ttl }) => {
    const instance = name.toLowerCase();
    if (type !== 'SRV' || ttl === 0 || !instance.endsWith(`.${LOCAL_SERVICE}`) || !isServiceData(data)) return [];
    const target = data.target.toLowerCase();
    const address = records.find(record => record.type === 'A' && record.name.toLowerCase() === target)?.data;
    const label = instance.slice(0, -LOCAL_SERVICE.length - 1);
    const host = typeof address === 'string' ? address : answeredFrom;
    return [{ label, host, port: data.port, priority: data.priority ?? 0, weight: data.weight ?? 0 }];
  });
}

function asksFor({ name, type }: ServiceQuestion, record: ServiceRecord): boolean {
  return name.toLowerCase() === record.name.toLowerCase() && (type === record.type || type === 'ANY');
}

/** Who asks may say what it has; what would live half as long as ours or more need not be said again (RFC 6762 §7.1). */
function isKnown(record: ServiceRecord, known: readonly ForeignRecord[]): boolean {
  return known.some(({ type, name, data, ttl }) => type === 'PTR' && type === record.type && name.toLowerCase() === record.name && data === record.data && (ttl ?? 0) >= record.ttl / 2);
}

function isServiceData(data: unknown): data is { readonly target: string; readonly port: number; readonly priority?: number; readonly weight?: number } {
  const { target, port } = (data ?? {}) as { target?: unknown; port?: unknown };
  return typeof target === 'string' && typeof port === 'number' && port >= 1 && port <= 65_535;
}
