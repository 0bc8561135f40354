import test, { type ExecutionContext } from 'ava';
import { Scrubber } from '../../../lib/apps/secondary/scrubber.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import type { EventName } from '../../../lib/base/events.ts';
import { createLog } from '../../../lib/base/log.ts';
import { DAY_MS } from '../../../lib/base/units.ts';
import type { DamagedFile } from '../../../lib/domain/damaged-file.ts';
import type { IndexedFile, ScrubRecord } from '../../../lib/domain/local-folder.ts';
import { defaultScrub } from '../../../lib/domain/scrub.ts';
import type { Order } from '../../../lib/protocol/control.ts';
import { eventually } from '../../helpers/eventually.ts';
import { ForwardClock } from '../../helpers/forward-clock.ts';
import { manifestOfParts } from '../../helpers/manifests.ts';

const manifests = [manifestOfParts(3), manifestOfParts(5)];
const [small, large] = manifests.map(({ id, sizeBytes }, index): IndexedFile => ({ name: `film ${index}`, id, stamp: { sizeBytes, mtimeNs: '1', ino: `${index}` } }));
const restless = { ...defaultScrub, idleCycleMs: 1, firstAfterMs: 0, maxRate: 1e12 };
const patient = { ...defaultScrub, maxRate: 1e12 };
const orderOf = ({ id, name }: IndexedFile): Order => ({ type: 'verify', id, name });

/** A scrubber of a folder that exists in the test alone. `check` says what is wrong with a part. */
function openScrubber(t: ExecutionContext, settings = patient, record: ScrubRecord = { read: [] }) {
  const site = {
    files: new Map([small!, large!].map(file => [file.name, file])),
    damaged: new Map<string, DamagedFile>(),
    reads: [] as string[],
    events: [] as EventName[],
    news: 0,
    saved: record,
    clock: new ForwardClock(),
    check: async (_name: string, _part: number): Promise<boolean> => true,
  };
  const folder = {
    files: site.files,
    damaged: site.damaged,
    replicasOf: (id: string) => [...site.files.values(), ...site.damaged.values()].filter(file => file.id === id),
    async settle(file: IndexedFile, badParts: readonly number[]) {
      if (badParts.length === 0) return true;
      site.files.delete(file.name);
      site.damaged.set(file.name, { ...file, badParts });
      return true;
    },
  };
  const scrubber = new Scrubber(settings, {
    folder,
    files: {
      async checkPart({ name }, _manifest, part) {
        site.reads.push(`${name}: ${part}`);
        return site.check(name, part);
      },
    },
    manifests: { get: async id => manifests.find(manifest => manifest.id === id) },
    store: { load: async () => site.saved, save: async saved => void (site.saved = JSON.parse(JSON.stringify(saved))) },
    isBusy: () => false,
    onNews: () => void (site.news += 1),
    clock: site.clock,
    log: createLog((_level, event) => void site.events.push(event), 'debug'),
  });
  const stop = new AbortController();
  const running = scrubber.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
  };
  t.teardown(end);
  return Object.assign(site, { scrubber, end });
}

const partsOf = (file: IndexedFile, count: number, from = 0) => Array.from({ length: count - from }, (_, index) => `${file.name}: ${from + index}`);

test('an order is carried out at once, its result told until it was heard, and a repetition changes nothing', async t => {
  const site = openScrubber(t);
  const { scrubber } = site;
  scrubber.take([orderOf(small!)]);
  scrubber.take([orderOf(small!)]);
  await eventually('there is a result', () => scrubber.results.length > 0);
  t.deepEqual(scrubber.results, [{ id: small!.id, name: small!.name, badParts: [] }]);
  t.is(site.news, 1);
  scrubber.take([orderOf(small!)]);
  t.is(scrubber.status().doubted, 0);
  t.deepEqual(site.reads, partsOf(small!, 3));
  scrubber.told(scrubber.results);
  t.deepEqual(scrubber.results, []);
  scrubber.take([orderOf(small!)]);
  t.is(scrubber.status().doubted, 1, 'asked again it reads again');
});

test('an order for what is not here, or no longer, is void', async t => {
  const { scrubber, reads } = openScrubber(t);
  scrubber.take([{ type: 'verify', id: 'f'.repeat(64), name: small!.name }]);
  t.is(scrubber.status().doubted, 0);
  t.is(scrubber.verify('other'), 0);
  t.deepEqual(reads, []);
});

test('a person may doubt one or all; that is nothing for the central, apart from what is bad', async t => {
  const site = openScrubber(t);
  site.check = async (_name, part) => part !== 4;
  t.is(site.scrubber.verify(), 2);
  await eventually('all was read', () => site.news === 2);
  t.deepEqual(site.scrubber.results, []);
  t.deepEqual(site.damaged.get(large!.name)?.badParts, [4]);
  t.deepEqual(site.events, ['scrub.finished', 'replica.damaged', 'scrub.finished']);
  t.is(site.scrubber.status().damaged, 1);
});

test('what was read longest ago is read first, and once a part is bad the rest is read at once', async t => {
  const record = { read: [{ stamp: large!.stamp, atMs: Date.now() - 11 * DAY_MS }, { stamp: small!.stamp, atMs: Date.now() }] };
  const site = openScrubber(t, { ...patient, firstAfterMs: 0, maxRate: 1 }, record);
  site.check = async (_name, part) => part !== 0;
  await eventually('the first part was read', () => site.reads.length > 0);
  t.deepEqual(site.reads, [`${large!.name}: 0`]);
  await eventually('it is doubted', () => site.scrubber.status().doubted === 1);
});

test('a restart goes on with the part that comes next', async t => {
  let isStopped: () => void = () => undefined;
  const first = openScrubber(t, restless, { read: [{ stamp: large!.stamp, atMs: 1 }] });
  first.check = async (_name, part) => {
    if (part === 2) await new Promise<void>(resolve => (isStopped = resolve));
    return true;
  };
  await eventually('it reads the third part', () => first.reads.length === 3);
  const ended = first.end();
  isStopped();
  await ended;
  const second = openScrubber(t, restless, first.saved);
  await eventually('the file was read', () => second.events.includes('scrub.finished'));
  t.deepEqual(second.reads.slice(0, 2), partsOf(large!, 5, 3));
});

test('a file that cannot be read is told once, and does not keep the others from being read', async t => {
  const site = openScrubber(t, restless, { read: [{ stamp: small!.stamp, atMs: 1 }] });
  site.check = async name => {
    if (name === small!.name) throw new VideoError('path_not_readable', { path: name });
    return true;
  };
  await eventually('the other one was read', () => site.events.includes('scrub.finished'));
  site.scrubber.take([orderOf(small!)]);
  t.is(site.scrubber.status().doubted, 0, 'nor is it tried for every order');
  t.is(site.events.filter(event => event === 'file.unreadable').length, 1);
});
