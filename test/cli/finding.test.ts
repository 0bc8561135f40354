import { hostname } from 'node:os';
import test from 'ava';
import { serviceLabelOf } from '../../lib/protocol/service.ts';
import { runProgram, startProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('a central that is announced is found by secondaries and clients of its network, by flag and by environment', async t => {
  const cluster = await TalkingCluster.open(t);
  const central = await cluster.startCentral(['--anunciar']);
  const [, label] = await central.says(/Anunciado como (\S+) en 127\.0\.0\.1;/);
  // Its own name: others may be announced on this machine.
  const place = `mdns:${label}`;
  const cwd = cluster.directory;
  startProgram(t, 'videosecundario', ['-n', '4', '--puerto', '0', '--ip-central', place], { cwd });
  await central.says(/Secundario 4 se ha unido/);
  const asked = await runProgram(t, 'videocliente', ['estado', '--json'], { cwd, env: { VIDEOPARTES_CENTRAL: place } });
  t.is(asked.status, 0, asked.stderr);
  t.regex(asked.stdout, /"number":4/);
  t.is((await central.stop()).status, 0);
});

test('a central that was not asked to is silent on the network, and who looks for one is told what to do', async t => {
  const cluster = await TalkingCluster.start(t, 0);
  t.false(cluster.central.lines.some(line => line.includes('Anunciado')));
  const place = `mdns:${serviceLabelOf(hostname(), cluster.centralPort)}`;
  const sentences = { es: /Arránquelo con --anunciar/, pt: /Inicie-o com --anunciar/, en: /Start it with --anunciar/ };
  for (const [language, sentence] of Object.entries(sentences)) {
    const { status, stdout, stderr } = await runProgram(t, 'videocliente', ['listar', '--ip-central', place, '--idioma', language], { cwd: cluster.directory });
    t.is(status, 1);
    t.is(stdout, '');
    t.regex(stderr, /^videocliente: [^\n]+\n$/);
    t.regex(stderr, sentence);
  }
});

test('what the environment says wrong is refused by its name', async t => {
  const cwd = await temporaryDirectory(t);
  const { status, stderr } = await runProgram(t, 'videocliente', ['listar'], { cwd, env: { VIDEOPARTES_CENTRAL: 'http://x/' } });
  t.is(status, 2);
  t.regex(stderr, /^videocliente: VIDEOPARTES_CENTRAL no puede valer «http:\/\/x\/»: [^\n]+\n$/);
});

test('of several centrals the second serves everybody when the first is stopped or paused', async t => {
  const [first, second] = [await TalkingCluster.start(t, 0), await TalkingCluster.start(t, 0)];
  const both = `127.0.0.1:${first.centralPort},127.0.0.1:${second.centralPort}`;
  const cwd = first.directory;
  const secondary = startProgram(t, 'videosecundario', ['-n', '1', '--puerto', '0', '--ip-central', both], { cwd });
  await first.central.says(/Secundario 1 se ha unido/);

  first.central.signal('SIGSTOP');
  await second.central.says(/Secundario 1 se ha unido/);
  t.is((await runProgram(t, 'videocliente', ['estado', '--ip-central', both], { cwd })).status, 0, 'a client that begins with one that is paused');

  first.central.signal('SIGCONT');
  await second.central.stop();
  await first.putVideo(1, 'nuevo.mp4', randomBytes(1000, 1));
  await first.whenHeldBy('nuevo.mp4', 1);
  t.is((await runProgram(t, 'videocliente', ['estado', '--ip-central', both], { cwd })).status, 0, 'and with the first again');
  t.is((await secondary.stop()).status, 0);
});
