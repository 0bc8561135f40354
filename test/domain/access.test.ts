import test from 'ava';
import { carriesSecret, foreignPlaceOf, isLoopback } from '../../lib/domain/access.ts';

test('loopback is what only this machine can reach', t => {
  for (const ip of ['127.0.0.1', '127.9.8.7', '::1', 'localhost', '::ffff:127.0.0.1']) t.true(isLoopback(ip), ip);
  for (const ip of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '127.0.0.1.example.org', '1127.0.0.1', 'localhost.example.org', '']) {
    t.false(isLoopback(ip), ip);
  }
});

test('a secret is carried as a bearer token, whole', t => {
  for (const field of ['Bearer s3cret', 'bearer   s3cret', 'BEARER s3cret']) t.true(carriesSecret(field, 's3cret'), field);
  for (const field of [undefined, '', 'Bearer', 'Bearer ', 's3cret', 'Basic s3cret', 'Bearer s3cre', 'Bearer s3cret2', 'Bearer s3cret x', 'Bearer S3CRET']) {
    t.false(carriesSecret(field, 's3cret'), field);
  }
});

test('nobody carries an empty secret', t => {
  for (const field of [undefined, '', 'Bearer', 'Bearer ']) t.false(carriesSecret(field, ''), field);
});

test('a host has to be an address, localhost, or a name of the program', t => {
  for (const host of ['127.0.0.1:50000', '127.0.0.1', '192.168.1.7:50000', '[::1]:50000', 'localhost:50000', 'LOCALHOST', 'casa.lan:50000', 'CASA.lan', 'videos.example:80']) {
    t.is(foreignPlaceOf(host, undefined, ['casa.lan', 'Videos.Example']), undefined, host);
  }
  for (const host of [undefined, '', 'evil.example', 'localhost.evil.example:50000', '127.0.0.1.evil.example', 'a b', 'evil.example@127.0.0.1@', 'otra.lan']) {
    t.deepEqual(foreignPlaceOf(host, 'http://evil.example', ['casa.lan']), { host: host ?? '' }, host);
  }
});

test('an origin has to be the place that was asked', t => {
  const host = '127.0.0.1:50000';
  for (const origin of [undefined, 'http://127.0.0.1:50000', 'https://127.0.0.1:50000']) t.is(foreignPlaceOf(host, origin, []), undefined, origin);
  for (const origin of ['null', '', 'http://evil.example', 'http://127.0.0.1', 'http://127.0.0.1:50001', 'http://localhost:50000', 'file://']) {
    t.deepEqual(foreignPlaceOf(host, origin, []), { host, origin });
  }
});
