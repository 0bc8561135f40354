import test from 'ava';
import { systemClock } from '../../../lib/base/clock.ts';
import { isVideoError, VideoError } from '../../../lib/base/errors.ts';
import type { CentralDirectory } from '../../../lib/domain/central-directory.ts';
import { CentralFailover } from '../../../lib/io/http/central-failover.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { ForwardClock } from '../../helpers/forward-clock.ts';

type State = 'up' | 'down' | 'paused' | 'busy' | 'overloaded' | 'dying' | 'leaving';

/** Centrals that answer or not, as the test says, and a directory that knows some of them. */
class Place {
  readonly states = new Map<string, State>();
  readonly asked: string[] = [];
  readonly checked: string[] = [];
  readonly clock = new ForwardClock();
  listed: readonly string[];
  lookedUp = 0;
  readonly failover: CentralFailover;
  readonly #freshMs: number | undefined;

  constructor(states: Readonly<Record<string, State>>, { freshMs }: { readonly freshMs?: number } = {}) {
    this.#freshMs = freshMs;
    this.listed = Object.keys(states);
    for (const [url, state] of Object.entries(states)) this.states.set(url, state);
    this.failover = new CentralFailover({
      directory: this.#directory(),
      clock: this.clock,
      isAlive: async url => (this.checked.push(url), ['busy', 'dying', 'leaving', 'up'].includes(this.states.get(url)!)),
      onFailure: () => undefined,
    });
  }

  ask(signal?: AbortSignal, { isRepeatable = true } = {}): Promise<string> {
    return this.failover.call(async (url, inner) => {
      this.asked.push(url);
      const state = this.states.get(url);
      if (state === 'down' || state === 'leaving') throw systemError('ECONNREFUSED');
      if (state === 'dying') throw systemError('ECONNRESET');
      if (state === 'paused') await systemClock.sleep(60_000, { signal: inner });
      if (state === 'busy' || state === 'overloaded') await systemClock.sleep(2 * limits.centralFirstSilenceMs, { signal: inner });
      return url;
    }, { isRepeatable, signal });
  }

  #directory(): CentralDirectory {
    return {
      name: 'test',
      freshMs: this.#freshMs,
      locate: async () => {
        this.lookedUp += 1;
        if (this.listed.length === 0) throw new VideoError('central_not_in_dns', { service: 'test', reason: 'ENOTFOUND' });
        return this.listed;
      },
    };
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test('what is not to be done twice is asked of one that lives, and of another only when it did not arrive', async t => {
  const once = { isRepeatable: false };
  const place = new Place({ a: 'paused', b: 'leaving', c: 'up' });
  t.is(await place.ask(undefined, once), 'c');
  t.deepEqual(place.asked, ['b', 'c'], 'the one that is paused would do it when it wakes');
  place.states.set('c', 'dying');
  place.states.set('a', 'up');
  await t.throwsAsync(place.ask(undefined, once), { code: 'outcome_unknown' } as object);
  t.is(place.asked.at(-1), 'c');
  t.is(await place.ask(), 'a', 'anything else is asked of the next one');
  place.states.set('a', 'busy');
  t.is(await place.ask(undefined, once), 'a');
});

test('the one that answered is asked until it fails, and then the first that answers', async t => {
  const place = new Place({ a: 'down', b: 'up', c: 'up' });
  t.deepEqual([await place.ask(), await place.ask()], ['b', 'b']);
  place.states.set('a', 'up');
  t.is(await place.ask(), 'b', 'though the first is back');
  place.states.set('b', 'down');
  t.deepEqual([await place.ask(), await place.ask()], ['a', 'a']);
  t.deepEqual(place.asked, ['a', 'b', 'b', 'b', 'b', 'a', 'a']);
});

test('one that is silent and does not live keeps nobody waiting', async t => {
  const place = new Place({ a: 'paused', b: 'up' });
  t.is(await place.ask(), 'b');
  t.deepEqual(place.checked, ['a', 'b']);
  t.is(await place.ask(), 'b');
  t.deepEqual(place.asked, ['a', 'b', 'b']);
});

test('one that answered before and falls silent is left as well', async t => {
  const place = new Place({ a: 'up', b: 'up' });
  t.is(await place.ask(), 'a');
  place.states.set('a', 'paused');
  t.deepEqual([await place.ask(), await place.ask()], ['b', 'b']);
  t.deepEqual(place.checked, ['a', 'b']);
});

test('one that is only slow is waited for', async t => {
  const place = new Place({ a: 'busy', b: 'up' });
  t.is(await place.ask(), 'a');
  t.deepEqual(place.asked, ['a']);
});

test('one that is too slow to say that it lives is waited for when the others are dead', async t => {
  const place = new Place({ a: 'overloaded', b: 'down' });
  t.is(await place.ask(), 'a');
  t.deepEqual([place.asked, place.checked], [['a'], ['a', 'b']]);
});

test('when none answers the directory is asked again, and who is new there is tried', async t => {
  const place = new Place({ a: 'up', b: 'up' });
  await place.ask();
  place.states.set('a', 'down').set('b', 'down').set('c', 'up');
  place.listed = ['b', 'c'];
  t.is(await place.ask(), 'c');
  t.deepEqual(place.asked, ['a', 'a', 'b', 'c']);
  place.states.set('c', 'down');
  await t.throwsAsync(place.ask(), { code: 'central_unreachable' } as object);
  t.deepEqual(place.asked.slice(4), ['c', 'b'], 'each once');
});

test('an answer that is no longer fresh is asked for again, and one that lives stays while it is listed', async t => {
  const place = new Place({ a: 'up', b: 'up' }, { freshMs: 60_000 });
  await place.ask();
  await place.ask();
  t.is(place.lookedUp, 1);
  place.clock.forward(61_000);
  place.listed = ['b', 'a'];
  t.is(await place.ask(), 'a');
  t.is(place.lookedUp, 2);
  place.clock.forward(61_000);
  place.listed = ['b'];
  t.is(await place.ask(), 'b');
});

test('a directory that is away takes nothing from a central that answers', async t => {
  const place = new Place({ a: 'up' }, { freshMs: 60_000 });
  await place.ask();
  place.clock.forward(61_000);
  place.listed = [];
  t.is(await place.ask(), 'a');
  place.states.set('a', 'down');
  await t.throwsAsync(place.ask(), { code: 'central_not_in_dns' } as object);
});

test('an abort ends a call to one that is silent, with its reason', async t => {
  const place = new Place({ a: 'paused', b: 'paused' });
  const stop = new AbortController();
  const reason = new VideoError('cancelled', {});
  const asking = place.ask(stop.signal);
  setImmediate(() => stop.abort(reason));
  const error = await t.throwsAsync(asking);
  t.true(isVideoError(error, 'cancelled'));
  t.deepEqual(place.asked, ['a']);
});
