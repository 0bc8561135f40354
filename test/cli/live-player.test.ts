import test, { type ExecutionContext } from 'ava';
import { LiveSite, type LiveViewer } from '../helpers/live-site.ts';
import { runProgram } from '../helpers/programs.ts';
import { isRunning, makeStubPlayer, type StartedPlayer, type StubPlayerOptions } from '../helpers/stub-player.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

interface Watched {
  readonly site: LiveSite;
  readonly viewer: LiveViewer;
  readonly player: StartedPlayer;
}

/** A viewer whose player runs. */
async function watchWithPlayer(t: ExecutionContext, options: Partial<StubPlayerOptions> = {}): Promise<Watched> {
  const site = await LiveSite.open(t);
  const { name, env, started } = await stubOf(site, options);
  await site.broadcast([await site.film('película.mp4')]);
  const viewer = await site.watch(['--retardo', '2', '--reproductor', name], { env });
  const player = await started();
  t.teardown(() => isRunning(player.pid) && process.kill(player.pid, 'SIGKILL'));
  return { site, viewer, player };
}

async function stubOf({ directory }: LiveSite, options: Partial<StubPlayerOptions>) {
  const name = options.name ?? 'mpv';
  return { name, ...(await makeStubPlayer({ ...options, name, directory })) };
}

for (const name of ['mpv', 'vlc']) {
  test(`--reproductor ${name} starts it with the address of the viewer, when there is something to see`, async t => {
    const { viewer, player } = await watchWithPlayer(t, { name });
    t.deepEqual(player.args, [await viewer.url()]);
    t.is(player.status, 200);
    t.true(player.text.split('\n').filter(line => line.startsWith('#EXTINF')).length >= 3, player.text);
  });
}

test('who closes the player leaves the channel, and nobody else does', async t => {
  const { site, viewer, player } = await watchWithPlayer(t);
  const other = await site.watch();
  await other.block(0);
  process.kill(player.pid, 'SIGUSR1');
  t.is((await viewer.program.ended()).status, 0);
  await other.block(other.blocks.at(-1)!.number + 3);
  await other.program.ask('NUMERO', /^1$/);
});

const endings: Readonly<Record<string, (viewer: LiveViewer) => void>> = {
  DESCONECTAR: ({ program }) => program.type('DESCONECTAR'),
  'the end of the input': ({ program }) => program.endInput(),
  'Ctrl-C': ({ program }) => program.signal('SIGINT'),
  'a signal': ({ program }) => program.signal('SIGTERM'),
};
for (const [what, end] of Object.entries(endings)) {
  test(`the player does not outlive its viewer after ${what}`, async t => {
    const { viewer, player } = await watchWithPlayer(t);
    t.true(isRunning(player.pid));
    end(viewer);
    t.is((await viewer.program.ended()).status, 0);
    t.false(isRunning(player.pid));
  });
}

test('a player that ends with an error of its own is told, and the viewer leaves', async t => {
  const { viewer, player } = await watchWithPlayer(t);
  process.kill(player.pid, 'SIGUSR2');
  const { status, stderr } = await viewer.program.ended();
  t.is(status, 1);
  t.regex(stderr, /^videocanal: El reproductor «mpv» terminó con un error \(estado 3\)\..*--reproductor/m);
});

test('a player that does not go when it is asked to is killed', async t => {
  const { viewer, player } = await watchWithPlayer(t, { isStubborn: true });
  t.is((await viewer.program.stop('SIGINT')).status, 0);
  t.false(isRunning(player.pid));
});

test('a player that is not installed is told at once, in one line', async t => {
  const cwd = await temporaryDirectory(t);
  const { status, stdout, stderr } = await runProgram(t, 'videocanal', ['ver', '--reproductor', 'vlc'], { cwd, env: { PATH: cwd } });
  t.is(status, 1);
  t.is(stdout, '');
  t.is(stderr, 'videocanal: No se pudo arrancar el reproductor «vlc». Compruebe que está instalado, o repita la orden sin --reproductor y abra la URL con otro.\n');
});
