import test from 'ava';
import { addressesServed, isNeighbour } from '../../lib/domain/local-network.ts';

const loopback = { address: '127.0.0.1', netmask: '255.0.0.0' };
const home = { address: '192.168.1.10', netmask: '255.255.255.0' };
const office = { address: '10.20.0.5', netmask: '255.255.240.0' };
const all = [loopback, home, office];

test('neighbours are those of the same network, however large it is', t => {
  t.true(isNeighbour('192.168.1.77', home));
  t.false(isNeighbour('192.168.2.77', home));
  t.true(isNeighbour('10.20.15.255', office));
  t.false(isNeighbour('10.20.16.0', office));
  t.true(isNeighbour('127.8.8.8', loopback));
  t.false(isNeighbour('fe80::1', home));
});

test('a server is told of where it listens, and nowhere else', t => {
  t.deepEqual(addressesServed('0.0.0.0', all), all);
  t.deepEqual(addressesServed('::', all), all);
  t.deepEqual(addressesServed('192.168.1.10', all), [home]);
  t.deepEqual(addressesServed('localhost', all), [loopback]);
  t.deepEqual(addressesServed('127.0.0.2', all), [{ address: '127.0.0.2', netmask: '255.0.0.0' }]);
  t.deepEqual(addressesServed('::1', all), []);
});
