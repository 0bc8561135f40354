import test from 'ava';
import { DistrustedPeers } from '../../lib/domain/distrusted-peers.ts';

test('an address is distrusted for as long as was said, and never for less than was said before', t => {
  const peers = new DistrustedPeers();
  t.is(peers.leftMs('a:1', 0), 0);
  peers.add('a:1', 100, 0);
  peers.add('a:1', 10, 50);
  t.deepEqual([50, 99, 100, 1000].map(nowMs => peers.leftMs('a:1', nowMs)), [50, 1, 0, 0]);
  peers.add('a:1', 10, 1000);
  t.is(peers.leftMs('a:1', 1001), 9);
});

test('of too many the first is forgotten', t => {
  const peers = new DistrustedPeers(2);
  for (const address of ['a:1', 'b:1', 'a:1', 'c:1']) peers.add(address, 100, 0);
  t.deepEqual(['a:1', 'b:1', 'c:1'].map(address => peers.leftMs(address, 0)), [100, 0, 100]);
});
