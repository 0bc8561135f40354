import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { emptyStatistics } from '../../lib/apps/client/statistics.ts';
import { runProgram } from '../helpers/programs.ts';
import type { CentralStatistics } from '../../lib/domain/statistics.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { readStatisticsFile } from '../helpers/statistics-schema.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const NAME = 'película.mp4';
const CENTRAL_PLOTS = ['central-bytes-por-secundario', 'central-descargas-por-cliente', 'central-descargas-por-video', 'central-ultimas-24-horas', 'central-ultimos-90-dias'];
const CLIENT_PLOTS = ['cliente-ana@casa-bytes-por-fuente', 'cliente-ana@casa-descarga', 'cliente-ana@casa-descargas'];

const withKinds = (names: readonly string[]) => names.flatMap(name => [`${name}.png`, `${name}.svg`]);

/** A folder with the samples of `stats/`, under the names that programs save by. */
async function samples(t: ExecutionContext) {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, 'stats'));
  await writeFile(join(directory, 'stats', 'central.json'), JSON.stringify(readStatisticsFile('sample-central.json')));
  await writeFile(join(directory, 'stats', 'cliente-ana@casa.json'), JSON.stringify(readStatisticsFile('sample-client.json')));
  const run = (program: 'videocentral' | 'videocliente', ...args: readonly string[]) => runProgram(t, program, ['graficar', ...args], { cwd: directory });
  const read = (...names: readonly string[]) => readFile(join(directory, ...names), 'utf8');
  return { directory, run, read };
}

async function assertPictures(t: ExecutionContext, folder: string, names: readonly string[]): Promise<void> {
  t.deepEqual((await readdir(folder)).sort(), withKinds(names).sort());
  for (const name of names) {
    t.true((await readFile(join(folder, `${name}.svg`), 'utf8')).startsWith('<?xml'), name);
    t.true((await readFile(join(folder, `${name}.png`))).subarray(1, 4).equals(Buffer.from('PNG')), name);
  }
}

test('what a central and a client saved of a download is drawn, with what each secondary gave', async t => {
  const cluster = await TalkingCluster.start(t, 2);
  await cluster.putVideo(1, NAME, randomBytes(8 * MIB, 1));
  await cluster.whenHeldBy(NAME, 2);
  const { status } = await cluster.order('--nombre', 'ana', 'descargar', NAME);
  t.is(status, 0);
  await cluster.central.stop();
  const central = await runProgram(t, 'videocentral', ['graficar', '--salida', 'dibujos/central'], { cwd: cluster.directory });
  t.like(central, { status: 0, stderr: '' });
  await assertPictures(t, cluster.path('dibujos', 'central'), CENTRAL_PLOTS);
  const { byNode, series } = JSON.parse(await readFile(cluster.path('stats', 'central.json'), 'utf8')) as CentralStatistics;
  t.is(Object.values(byNode).reduce((sum, { bytes }) => sum + bytes, 0), 8 * MIB);
  t.is(series.hour.reduce((sum, { bytes }) => sum + bytes, 0), 8 * MIB);
  t.regex(await readFile(cluster.path('dibujos', 'central', 'central-bytes-por-secundario.svg'), 'utf8'), />secundario-[12]</);
  const client = await runProgram(t, 'videocliente', ['graficar', join('stats', 'cliente-ana.json')], { cwd: cluster.directory });
  t.like(client, { status: 0, stderr: '' });
  t.true(client.stdout.split('\n').includes(join('graficos', 'cliente-ana-descarga.png')));
  t.regex(await readFile(cluster.path('graficos', 'cliente-ana-descarga.svg'), 'utf8'), />Descarga de «película\.mp4»</);
});

test('pictures are replaced, and each is named on a line', async t => {
  const { directory, run, read } = await samples(t);
  await mkdir(join(directory, 'graficos'));
  await writeFile(join(directory, 'graficos', 'central-descargas-por-video.svg'), 'old');
  for (let times = 0; times < 2; times += 1) {
    const { status, stdout, stderr } = await run('videocentral');
    t.deepEqual([status, stderr], [0, '']);
    t.deepEqual(stdout.trimEnd().split('\n').sort(), withKinds(CENTRAL_PLOTS).map(name => join('graficos', name)).sort());
  }
  t.regex(await read('graficos', 'central-descargas-por-video.svg'), />película\.mp4</);
  const { stdout } = await run('videocliente', join('stats', 'cliente-ana@casa.json'), '--json', '-o', 'otros');
  t.deepEqual(stdout.trimEnd().split('\n').map(line => (JSON.parse(line) as { plot: string }).plot).sort(), withKinds(CLIENT_PLOTS).map(name => join('otros', name)).sort());
  await assertPictures(t, join(directory, 'graficos'), CENTRAL_PLOTS);
  await assertPictures(t, join(directory, 'otros'), CLIENT_PLOTS);
});

test('the timeline is that of the newest download, or of the one that was asked for', async t => {
  const { run, read } = await samples(t);
  const drawn = async (...wanted: readonly string[]) => {
    t.is((await run('videocliente', join('stats', 'cliente-ana@casa.json'), ...wanted)).status, 0);
    return /Descarga de «(.*?)»/.exec(await read('graficos', 'cliente-ana@casa-descarga.svg'))![1];
  };
  t.is(await drawn(), 'verano.mp4');
  t.is(await drawn('--descarga', NAME), NAME);
  t.is(await drawn('--descarga', '1'), 'verano.mp4');
  t.is(await drawn('--descarga', '2'), NAME);
  for (const wrong of ['3', '0', 'otra.mp4']) {
    const { status, stderr } = await run('videocliente', join('stats', 'cliente-ana@casa.json'), '--descarga', wrong);
    t.is(status, 2);
    t.regex(stderr, /--descarga no puede valer «.*»: se espera una de las últimas descargas .* al 2, o un nombre/);
  }
});

test('pictures speak the reader\'s language', async t => {
  const { run, read } = await samples(t);
  for (const [language, title] of [['es', 'Descargas terminadas por vídeo'], ['pt', 'Downloads terminados por vídeo'], ['en', 'Finished downloads by video']] as const) {
    t.is((await run('videocentral', '--idioma', language)).status, 0);
    t.true((await read('graficos', 'central-descargas-por-video.svg')).includes(`>${title}<`));
  }
});

test('where nothing was counted yet it is said, and nothing is written', async t => {
  const { directory, run } = await samples(t);
  await writeFile(join(directory, 'vacio.json'), JSON.stringify(emptyStatistics('ana')));
  const { status, stdout, stderr } = await run('videocliente', 'vacio.json');
  t.deepEqual([status, stdout, stderr], [0, 'Todavía no hay nada que dibujar: en vacio.json no ha terminado ninguna descarga.\n', '']);
  t.false((await readdir(directory)).includes('graficos'));
});

test('what cannot be drawn is refused in one line, and stays as it is', async t => {
  const { directory, run, read } = await samples(t);
  await writeFile(join(directory, 'roto.json'), '{"version": 1,');
  const broken = readStatisticsFile('sample-client.json') as { downloads: object[] };
  await writeFile(join(directory, 'raro.json'), JSON.stringify({ ...broken, downloads: [{ name: 'x' }] }));
  for (const [program, words, complaint] of [
    ['videocliente', ['no-hay.json'], /^videocliente: No se puede leer no-hay\.json\. /],
    ['videocliente', ['roto.json'], /^videocliente: roto\.json no es un archivo de estadísticas guardadas de videocliente\.\n$/],
    ['videocliente', ['raro.json'], /no es un archivo de estadísticas/],
    ['videocliente', [join('stats', 'central.json')], /no es un archivo de estadísticas guardadas de videocliente/],
    ['videocentral', ['--estadisticas', 'nada'], /No se puede leer/],
    ['videocentral', ['--salida', 'roto.json'], /roto\.json/],
  ] as const) {
    const { status, stdout, stderr } = await run(program, ...words);
    t.deepEqual([status, stdout], [1, ''], words.join(' '));
    t.regex(stderr, complaint);
    t.is(stderr.trimEnd().split('\n').length, 1);
  }
  t.is(await read('roto.json'), '{"version": 1,');
  t.deepEqual((await readdir(directory)).sort(), ['raro.json', 'roto.json', 'stats']);
});

test('what is typed in the wrong place is wrong usage', async t => {
  const directory = await temporaryDirectory(t);
  for (const [program, words, complaint] of [
    ['videocliente', ['graficar'], /falta ARCHIVO/],
    ['videocliente', ['graficar', 'a', 'b'], /«b» sobra/],
    ['videocliente', ['listar', '--descarga', '1'], /--descarga sirve para «graficar»/],
    ['videocliente', ['graficr', 'a'], /¿quería decir graficar\?/],
    ['videocentral', ['graficar', 'a'], /«a» sobra/],
    ['videocentral', ['--salida', 'x'], /--salida sirve para «graficar»/],
    ['videocentral', ['respaldar', 'x', '--salida', 'x'], /--salida sirve para «graficar»/],
  ] as const) {
    const { status, stderr } = await runProgram(t, program, words, { cwd: directory });
    t.is(status, 2, words.join(' '));
    t.regex(stderr, complaint);
  }
});
