import test from 'ava';
import { openCentralDirectory } from '../../../lib/io/central-directory/open.ts';
import { centralDirectoryContract } from '../../contracts/central-directory.ts';

const urls = ['http://10.0.0.1:50000', 'http://[::1]:7'];

centralDirectoryContract(test, 'addresses', async () => ({ directory: openCentralDirectory(urls), urls }));

test('addresses are asked in the order in which they were given, and named so', async t => {
  const directory = openCentralDirectory([...urls, urls[0]!]);
  t.deepEqual(await directory.locate(), urls);
  t.is(openCentralDirectory(urls).name, 'http://10.0.0.1:50000, http://[::1]:7');
  t.is(openCentralDirectory(['srv:_videopartes._tcp.example.org', 'mdns:']).name, 'srv:_videopartes._tcp.example.org, mdns:');
});
