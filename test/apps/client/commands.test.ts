import test, { type ExecutionContext } from 'ava';
import { askNobody } from '../../../lib/base/command.ts';
import { clientCommands } from '../../../lib/apps/client/commands.ts';
import { messagesIn } from '../../../lib/base/messages/index.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { manifestNamed } from '../../helpers/manifests.ts';

const NAMES = ['Ágora.mp4', 'agua.mp4', 'el agua.mp4', 'faro.mp4'];

async function openConsole(t: ExecutionContext) {
  const site = await CentralSite.open(t);
  const control = site.client();
  const node = await site.node({ number: 7 });
  for (const [index, name] of NAMES.entries()) node.hold(manifestNamed(name, index));
  await node.join(control);
  const commands = clientCommands({
    control,
    language: 'es',
    messages: messagesIn('es'),
    register: async name => ({ name, downloads: 0 }),
    begin: () => true,
    running: () => [],
  });
  return (name: string) => commands.find(command => command.name === name)!;
}

test('Tab after VIDEO offers the names of the catalogue that begin so, whatever the accents and the case', async t => {
  const command = await openConsole(t);
  const offered = (typed: string) => command('VIDEO').complete!(typed, { signal: new AbortController().signal });
  t.deepEqual([...(await offered('ag'))].sort(), ['agua.mp4', 'Ágora.mp4']);
  t.deepEqual(await offered('FA'), ['faro.mp4']);
  t.deepEqual(await offered('x'), []);
  t.is((await offered('')).length, NAMES.length);
});

test('ESTADO gives programs all that people see', async t => {
  const command = await openConsole(t);
  const records: object[] = [];
  const output = { line: () => undefined, record: (value: object) => void records.push(value), table: (_headings: unknown, _rows: unknown, nodes?: readonly object[]) => void records.push(...nodes!) };
  await command('ESTADO').run('', output, { signal: new AbortController().signal, ask: askNobody });
  t.like(records, [{ number: 7, state: 'up', files: 4 }, { replicas: 3, conflicts: [] }]);
});
