import test from 'ava';
import { LegacyMembership, type LegacyState } from '../../../lib/domain/live/legacy-membership.ts';
import { StillClock } from '../../helpers/still-clock.ts';

const timing = { answerMs: 1000, silentMs: 6000, retry: { firstMs: 1000, maxMs: 8000 } };

function begin({ isAway = () => false, onAsk = () => undefined }: { readonly isAway?: () => boolean; readonly onAsk?: (membership: LegacyMembership) => void } = {}) {
  const clock = new StillClock();
  const askedAtMs: number[] = [];
  const states: LegacyState[] = [];
  const membership: LegacyMembership = new LegacyMembership({
    async ask() {
      askedAtMs.push(clock.now());
      if (isAway()) throw new Error('away');
      onAsk(membership);
    },
    onState: state => states.push(state),
    timing,
    clock,
    // The longest of each wait.
    random: () => 1,
  });
  membership.start();
  return { clock, askedAtMs, states, membership };
}

test('while blocks come nothing is asked', async t => {
  const { clock, askedAtMs, states, membership } = begin({ onAsk: member => member.answered('accepted') });
  for (let block = 0; block < 100; block += 1) {
    await clock.forward(1800);
    t.true(membership.heard());
  }
  t.deepEqual([askedAtMs, states], [[0], ['accepted']]);
  await membership[Symbol.asyncDispose]();
});

test('when blocks stop coming the server is asked at once, then less and less often', async t => {
  const { clock, askedAtMs, states, membership } = begin({ onAsk: member => askedAtMs.length === 1 && member.answered('accepted') });
  await clock.forward(1000);
  membership.heard();
  await clock.forward(40_000);
  t.deepEqual(askedAtMs, [0, 7000, 9000, 12_000, 17_000, 26_000, 35_000]);
  t.deepEqual(states, ['accepted', 'silent']);
  await membership[Symbol.asyncDispose]();
});

test('a server that is away, or full, is asked less and less often', async t => {
  let isAway = true;
  const { clock, askedAtMs, states, membership } = begin({ isAway: () => isAway, onAsk: member => member.answered('full') });
  await clock.forward(7000);
  isAway = false;
  await clock.forward(20_000);
  t.deepEqual(askedAtMs, [0, 1000, 3000, 7000, 15_000, 23_000]);
  t.deepEqual(states, ['unreachable', 'full']);
  await membership[Symbol.asyncDispose]();
});

test('a block is as good as an answer, and one after another gives asking again its quick beginning', async t => {
  const { clock, askedAtMs, states, membership } = begin();
  await clock.forward(5000);
  t.deepEqual([askedAtMs, states], [[0, 2000, 5000], ['silent']]);
  membership.heard();
  await clock.forward(6000);
  t.deepEqual(states, ['silent', 'accepted', 'silent']);
  t.is(askedAtMs.at(-1), 11_000);
  await membership[Symbol.asyncDispose]();
});

test('a server that answers and sends nothing is not asked without pause', async t => {
  const { clock, askedAtMs, membership } = begin({ onAsk: member => member.answered('accepted') });
  await clock.forward(60_000);
  t.deepEqual(askedAtMs, [0, 7000, 15_000, 25_000, 39_000, 53_000]);
  await membership[Symbol.asyncDispose]();
});

test('who knows that there is a place does not wait for its turn; who has one asks for none', async t => {
  let answer: 'accepted' | 'full' = 'full';
  const { clock, askedAtMs, states, membership } = begin({ onAsk: member => member.answered(answer) });
  await clock.forward(200);
  answer = 'accepted';
  membership.askNow();
  await clock.forward(100);
  membership.askNow();
  await clock.forward(100);
  t.deepEqual([askedAtMs, states], [[0, 200], ['full', 'accepted']]);
  await membership[Symbol.asyncDispose]();
});

test('after the end nothing is asked, told or wanted', async t => {
  const { clock, askedAtMs, states, membership } = begin();
  await clock.forward(100);
  await membership[Symbol.asyncDispose]();
  await membership[Symbol.asyncDispose]();
  t.false(membership.heard());
  membership.answered('accepted');
  await clock.forward(60_000);
  t.deepEqual([askedAtMs, states], [[0], []]);
});
