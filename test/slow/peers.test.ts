import { spawnSync } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { GIB } from '../../lib/base/units.ts';
import { PeerSite } from '../helpers/peer-site.ts';
import { hashFile } from '../helpers/process-cluster.ts';

/** A minute and a half on a slow disk. */
const PATIENCE_MS = 600_000;
const hasFfmpeg = ['ffmpeg', 'ffprobe'].every(program => spawnSync(program, ['-version']).status === 0);

async function bring(t: ExecutionContext, site: PeerSite, name: string): Promise<void> {
  t.timeout(2 * PATIENCE_MS);
  await site.join('p1');
  const two = await site.join('p2');
  await two.program.ask(`SEARCH\n${name}`, /^peers com arquivo solicitado: \S+$/);
  const after = two.program.lines.length;
  two.program.type('DOWNLOAD\n');
  await two.program.says(new RegExp(`^Arquivo ${name} baixado com sucesso na pasta \\./p2$`), { after, withinMs: PATIENCE_MS });
  t.is(await hashFile(site.path('p2', name)), await hashFile(site.path('p1', name)));
}

test.serial('a file of 5 GB comes from a peer, byte for byte', async t => {
  const site = await PeerSite.start(t);
  await mkdir(site.path('p1'));
  const file = await open(site.path('p1', 'enorme.mp4'), 'w');
  await file.truncate(5 * GIB);
  for (const at of [0, 2 ** 31 - 3, 2 ** 32 - 3, 5 * GIB - 9]) await file.write(`byte ${at}`.slice(0, 9), at);
  await file.close();
  await bring(t, site, 'enorme.mp4');
});

(hasFfmpeg ? test.serial : test.serial.skip)('a film over 1 GB comes from a peer, and plays', async t => {
  const site = await PeerSite.start(t);
  await mkdir(site.path('p1'));
  const seconds = 33;
  const made = spawnSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=25', '-t', String(seconds), '-c:v', 'rawvideo', '-pix_fmt', 'yuv420p', site.path('p1', 'filme.mkv')]);
  t.is(made.status, 0, String(made.stderr));
  await bring(t, site, 'filme.mkv');
  const probe = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration,size', '-of', 'csv=p=0', site.path('p2', 'filme.mkv')], { encoding: 'utf8' });
  const [duration, size] = probe.stdout.trim().split(',').map(Number);
  t.is(Math.round(duration!), seconds);
  t.true(size! > 1e9);
});
