import { getEventListeners } from 'node:events';
import type { ExecutionContext, TestFn } from 'ava';
import type { CentralDirectory } from '../../lib/domain/central-directory.ts';

export interface DirectoryUnderTest {
  readonly directory: CentralDirectory;
  /** What it has to find, in any order. */
  readonly urls: readonly string[];
  /** For those that look somewhere: from then on nobody answers there, or everybody does again. */
  readonly place?: { hide(): Promise<void>; show(): Promise<void>; readonly code: 'central_not_in_dns' | 'central_not_announced' };
}

/** The promises of `lib/domain/central-directory.ts`. */
export function centralDirectoryContract(test: TestFn, name: string, open: (t: ExecutionContext) => Promise<DirectoryUnderTest>): void {
  test(`${name}: every central is found, once, as a base URL, each time that one asks`, async t => {
    const { directory, urls } = await open(t);
    for (const _time of [1, 2]) {
      const found = await directory.locate();
      t.deepEqual([...found].sort(), [...urls].sort());
      for (const url of found) t.is(new URL(url).origin, url);
    }
    t.true(directory.freshMs === undefined || directory.freshMs > 0);
    t.regex(directory.name, /\S/);
  });

  test(`${name}: a signal that is aborted already looks for nothing`, async t => {
    const { directory } = await open(t);
    const reason = new Error('before');
    t.is(await t.throwsAsync(directory.locate({ signal: AbortSignal.abort(reason) })), reason);
  });

  test(`${name}: a search leaves no listener on its signal, and may be repeated at once`, async t => {
    const { directory, urls } = await open(t);
    const { signal } = new AbortController();
    const found = await Promise.all([1, 2, 3].map(() => directory.locate({ signal })));
    t.is(getEventListeners(signal, 'abort').length, 0);
    for (const one of found) t.is(one.length, urls.length);
  });

  test(`${name}: where nobody answers the error says so, and they are found again when they are back`, async t => {
    const { directory, urls, place } = await open(t);
    if (!place) {
      t.is((await directory.locate()).length, urls.length);
      return;
    }
    await place.hide();
    await t.throwsAsync(directory.locate(), { code: place.code } as object);
    await place.show();
    t.is((await directory.locate()).length, urls.length);
  });

  test(`${name}: an abort ends a search at once, with its reason`, async t => {
    const { directory, urls, place } = await open(t);
    if (!place) {
      t.is((await directory.locate()).length, urls.length);
      return;
    }
    await place.hide();
    const stop = new AbortController();
    const reason = new Error('enough');
    const searching = directory.locate({ signal: stop.signal });
    setImmediate(() => stop.abort(reason));
    t.is(await t.throwsAsync(searching), reason);
    t.is(getEventListeners(stop.signal, 'abort').length, 0);
  });
}
