import test from 'ava';
import { sharingSettings, type SharingFlags } from '../../../lib/apps/sharing/settings.ts';
import { messagesIn } from '../../../lib/base/messages/index.ts';

const none: SharingFlags = { compartir: false, ip: undefined, puerto: undefined, maxSubidas: undefined, limiteSubida: undefined };
const settingsOf = (flags: Partial<SharingFlags>, ...centralUrls: readonly string[]) =>
  sharingSettings({ ...none, ...flags }, { directory: 'd', centralUrls: centralUrls.length > 0 ? centralUrls : ['http://localhost:50000'] }, messagesIn('es'));

test('who does not say so shares nothing', t => {
  t.is(settingsOf({}), undefined);
});

test('what is said of sharing needs that it is wanted', t => {
  for (const flags of [{ ip: '127.0.0.1' }, { puerto: 0 }, { maxSubidas: 0 }, { limiteSubida: '1M' }]) {
    t.throws(() => settingsOf(flags), { code: 'usage' } as object, JSON.stringify(flags));
  }
  t.throws(() => settingsOf({ maxSubidas: 3 }), { message: /--max-subidas necesita --compartir"/ });
  t.throws(() => settingsOf({ puerto: 50_000 }), { message: /--puerto necesita --compartir; para el central es --puerto-central/ });
});

test('with a central on this machine nobody else is let in, otherwise others are', t => {
  const ipsWith = (...urls: readonly string[]) => settingsOf({ compartir: true }, ...urls)!.ips.join(' ');
  for (const url of ['http://localhost:1', 'http://127.0.0.2:1', 'http://[::1]:1', 'https://localhost:1']) t.is(ipsWith(url), '127.0.0.1', url);
  for (const url of ['http://10.0.0.1:1', 'https://casa.example:1', 'mdns:', 'srv:_videopartes._tcp.example.org']) t.is(ipsWith(url), ':: 0.0.0.0', url);
  t.is(ipsWith('http://localhost:1', 'http://10.0.0.1:1'), ':: 0.0.0.0');
  t.is(settingsOf({ compartir: true, ip: '10.0.0.7' })!.ips.join(' '), '10.0.0.7');
});

test('what is said is taken, and what is no address or rate refused', t => {
  t.deepEqual(settingsOf({ compartir: true }), { directory: 'd', ips: ['127.0.0.1'], port: 0, maxUploads: 16, uploadBytesPerSecond: undefined });
  t.like(settingsOf({ compartir: true, puerto: 7000, maxSubidas: 0, limiteSubida: '1K' }), { port: 7000, maxUploads: 0, uploadBytesPerSecond: 1024 });
  t.throws(() => settingsOf({ compartir: true, ip: 'casa' }), { code: 'invalid_flag' } as object);
  t.throws(() => settingsOf({ compartir: true, limiteSubida: 'poco' }), { code: 'invalid_flag' } as object);
});
