import test from 'ava';
import { followEvents, type FollowState } from '../../web/machines/follow-events.ts';

/** A server with a script: what it tells each who asks, in turn; an error is thrown at the end of it. */
async function follow(answers: readonly (readonly (string | Error)[])[], lastId = '') {
  const leaving = new AbortController();
  const asked: string[] = [];
  const waited: number[] = [];
  const told: string[] = [];
  const states: FollowState['state'][] = [];
  await followEvents(
    {
      async *open(after) {
        const answer = answers[asked.length];
        asked.push(after);
        for (const piece of answer!) {
          if (piece instanceof Error) throw piece;
          yield piece;
        }
      },
      isRefusal: error => error instanceof RangeError,
      wait: async waitMs => {
        waited.push(waitMs);
        if (asked.length === answers.length) leaving.abort();
      },
      onEvents: events => void told.push(...events.map(({ data }) => data)),
      onState: ({ state }) => void states.push(state),
    },
    { lastId, signal: leaving.signal },
  );
  return { asked, waited, told, states };
}

test('a log that was interrupted goes on after the last line that came whole', async t => {
  const { asked, told } = await follow([['id: a-1\ndata: one\n\nid: a-2\nda'], [new TypeError('network')], ['id: a-2\ndata: two\n\n']], 'a-0');
  t.deepEqual(asked, ['a-0', 'a-1', 'a-1']);
  t.deepEqual(told, ['one', 'two']);
});

test('a central that is away is asked less and less often, at least twice a minute, and as at first once it answered', async t => {
  const away = Array.from({ length: 6 }, () => [new TypeError('network')]);
  const { waited, states } = await follow([...away, ['retry: 500\n\n'], [new TypeError('network')]]);
  t.deepEqual(waited, [2000, 4000, 8000, 16_000, 30_000, 30_000, 500, 1000]);
  t.deepEqual(states, ['connecting', ...away.map(() => 'waiting' as const), 'live', 'waiting', 'waiting']);
});

test('a refusal is told, and not asked for again', async t => {
  const { asked, waited, states } = await follow([[':\n\n'], [new RangeError('role_required')]]);
  t.is(asked.length, 2);
  t.is(waited.length, 1);
  t.deepEqual(states, ['connecting', 'live', 'waiting', 'refused']);
});
