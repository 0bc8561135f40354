import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { TokenMint } from '../../../lib/apps/central/token-mint.ts';
import { silentLog } from '../../../lib/base/log.ts';
import { makeTokenKey, type TokenKey } from '../../../lib/io/files/token-key-file.ts';
import { TokenVerifier } from '../../../lib/protocol/token-verifier.ts';
import { ForwardClock } from '../../helpers/forward-clock.ts';
import { createGate } from '../../helpers/gate.ts';
import { HOUR_MS } from '../../helpers/token-issuer.ts';

const use = { fileId: 'ab'.repeat(32), method: 'GET' };

/** What is kept for all the centrals that are opened on it. */
function openStore() {
  const clock = new ForwardClock();
  let kept: readonly TokenKey[] = [];
  let beforeLoaded = Promise.resolve();
  const open = () =>
    TokenMint.open({
      async load() {
        const keys = kept;
        await beforeLoaded;
        return keys;
      },
      save: async keys => void (kept = keys),
      makeKey: makeTokenKey,
      clock,
      log: silentLog,
    });
  return { clock, open, lose: () => void (kept = []), loadSlowly: (until: Promise<void>) => void (beforeLoaded = until) };
}

test('centrals of one store follow each other: what one signs, the nodes of the other believe', async t => {
  const { clock, open } = openStore();
  const [one, other] = [await open(), await open()];
  t.deepEqual(other.publicKeys, one.publicKeys);
  await one.rotate();
  await other.rotateWhenDue(HOUR_MS);
  t.deepEqual(other.publicKeys, one.publicKeys);
  clock.forward(2 * HOUR_MS);
  for (const mint of [one, other]) await mint.rotateWhenDue(HOUR_MS);
  t.deepEqual(other.publicKeys, one.publicKeys, 'one made the key that was due, and the other did not');
  const verifier = new TokenVerifier(() => clock.date());
  verifier.take(other.publicKeys);
  t.is(verifier.problemWith(one.tokenFor(use.fileId), use), undefined);
});

test('keys that are lost while a central runs are those that it has', async t => {
  const { open, lose } = openStore();
  const mint = await open();
  const before = mint.publicKeys;
  lose();
  await mint.rotateWhenDue(HOUR_MS);
  t.deepEqual(mint.publicKeys, before);
});

test('a key that is made while the kept ones are being read is not forgotten', async t => {
  const { open, loadSlowly } = openStore();
  const mint = await open();
  const read = createGate();
  loadSlowly(read.opened);
  const looked = mint.rotateWhenDue(HOUR_MS);
  const made = mint.rotate();
  // Nothing else hinders the new key from being there by then.
  await setImmediate();
  read.open();
  await looked;
  const kid = await made;
  t.is(mint.publicKeys.at(-1)?.kid, kid);
});

test('two rotations end what was given before', async t => {
  const { clock, open } = openStore();
  const mint = await open();
  const token = mint.tokenFor(use.fileId);
  const verdicts: unknown[] = [];
  for (let rotation = 0; rotation < 3; rotation += 1) {
    const verifier = new TokenVerifier(() => clock.date());
    verifier.take(mint.publicKeys);
    verdicts.push(verifier.problemWith(token, use));
    await mint.rotate();
  }
  t.deepEqual(verdicts, [undefined, undefined, 'unknown_key']);
});
