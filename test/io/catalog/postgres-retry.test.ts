import test from 'ava';
import { retryPassing } from '../../../lib/io/catalog/postgres-retry.ts';

/** Fails in these ways, one after another, and then answers. */
function failing(...failures: readonly object[]): { readonly work: () => Promise<string>; readonly calls: () => number } {
  let calls = 0;
  return {
    calls: () => calls,
    async work() {
      const failure = failures[calls];
      calls += 1;
      if (failure) throw Object.assign(new Error('no'), failure);
      return 'done';
    },
  };
}

test('work that the database took back is done again', async t => {
  const { work, calls } = failing({ code: '40001' }, { code: '40P01' }, { code: '57P01' }, { message: 'Connection terminated unexpectedly' });
  t.is(await retryPassing(work), 'done');
  t.is(calls(), 5);
});

test('what does not pass by itself is told at once, and what does not pass in time too', async t => {
  for (const failure of [{ code: 'ECONNREFUSED' }, { code: '28P01' }, { code: '53300' }, { message: 'Connection terminated due to connection timeout' }, { message: 'Query read timeout' }]) {
    const { work, calls } = failing(failure);
    await t.throwsAsync(retryPassing(work), failure);
    t.is(calls(), 1, JSON.stringify(failure));
  }
  const { work, calls } = failing(...Array.from({ length: 9 }, () => ({ code: '40001' })));
  await t.throwsAsync(retryPassing(work), { code: '40001' });
  t.is(calls(), 5);
});
