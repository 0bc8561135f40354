import { execFile, type ExecFileOptions } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import pLimit from 'p-limit';
import { LANGUAGES } from '../../lib/base/messages/index.ts';
import { textWidth } from '../../lib/base/text-width.ts';
import { VERSION } from '../../lib/protocol/version.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** AVA begins every test at once; a machine has few processors. */
const inTurn = pLimit(2);
const PROGRAMS = ['videocentral', 'videosecundario', 'videocliente', 'videopeer', 'videocanal'];

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in an empty folder, with `input` as its whole standard input. */
async function run(t: ExecutionContext, program: string, args: readonly string[], input = ''): Promise<Ended> {
  const cwd = await temporaryDirectory(t);
  const binary = new URL(`../../bin/${program}.js`, import.meta.url).pathname;
  const env = { PATH: process.env['PATH'], LANG: 'es_ES.UTF-8' };
  return inTurn(() => start(binary, args, { cwd, env }, input));
}

function start(binary: string, args: readonly string[], options: ExecFileOptions, input: string): Promise<Ended> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, [binary, ...args], options, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout: String(stdout), stderr: String(stderr) });
    });
    child.stdin!.end(input);
  });
}

for (const program of PROGRAMS) {
  for (const language of LANGUAGES) {
    test(`${program} --help speaks ${language} within 100 columns`, async t => {
      const { status, stdout, stderr } = await run(t, program, ['--help', '--idioma', language]);
      t.is(status, 0);
      t.is(stderr, '');
      const title = { es: 'Opciones:', pt: 'Opções:', en: 'Options:' }[language];
      t.true(stdout.includes(title));
      t.true(stdout.startsWith(`${program}: `));
      for (const flag of ['--idioma', '--json', '--estadisticas', '--nivel', '-h, --help', '--version']) t.true(stdout.includes(flag), flag);
      for (const line of stdout.split('\n')) t.true(textWidth(line) <= 100, line);
      t.notRegex(stdout, /undefined/);
    });
  }

  test(`${program} --version is that of the package`, async t => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    t.is(VERSION, version);
    t.like(await run(t, program, ['--version']), { status: 0, stdout: `${version}\n`, stderr: '' });
  });
}

const wrongFlags: Readonly<Record<string, readonly string[]>> = {
  'an unknown flag': ['--inventada', '3'],
  'a flag that is like another': ['--idoma', 'es'],
  'an unknown short flag': ['-z'],
  'a flag without its value': ['--estadisticas'],
  'a flag with an empty value': ['--estadisticas='],
  'a repeated flag': ['--idioma', 'es', '--idioma', 'es'],
  'an unknown language': ['--idioma', 'fr'],
  'an unknown level': ['--nivel', 'todo'],
};
for (const [what, args] of Object.entries(wrongFlags)) {
  test(`videocliente refuses ${what}`, t => refuses(t, 'videocliente', args));
}

for (const port of ['65536', '-1', 'abc']) {
  test(`videosecundario refuses the port ${port}`, t => refuses(t, 'videosecundario', ['--numero', '1', '--puerto', port]));
  test(`videocentral refuses the port ${port}`, t => refuses(t, 'videocentral', ['-p', port]));
}

for (const number of ['0', 'uno']) {
  test(`videosecundario refuses the number ${number}`, t => refuses(t, 'videosecundario', ['--numero', number]));
}

test('videosecundario refuses to start without a number', t => refuses(t, 'videosecundario', []));

test('videocentral refuses words, replicas below one and limits below zero', async t => {
  await refuses(t, 'videocentral', ['listar']);
  await refuses(t, 'videocentral', ['--replicas', '0']);
  await refuses(t, 'videocentral', ['--max-descargas', '-1']);
});

const wrongOrders = [['listra'], ['descargar'], ['buscar'], ['listar', 'x'], ['descargar', 'a', 'b', '-o', 'c'], ['listar', '-o', 'c']];
for (const order of wrongOrders) {
  test(`videocliente refuses «${order.join(' ')}»`, t => refuses(t, 'videocliente', order));
}

test('videocliente refuses a central that is no address', t => refuses(t, 'videocliente', ['listar', '--ip-central', 'http://x/']));

test('the language of a refusal is the reader’s', async t => {
  const { stderr } = await run(t, 'videocliente', ['--inventada', '--idioma', 'en']);
  t.is(stderr, 'videocliente: There is no option --inventada. --help shows the options.\n');
});

test('videocliente ayuda is its help', async t => {
  t.is((await run(t, 'videocliente', ['ayuda'])).stdout.trim(), (await run(t, 'videocliente', ['--help'])).stdout.trim());
});

test('an order without a central ends in one line and status 1', async t => {
  const { status, stdout, stderr } = await run(t, 'videocliente', ['listar', '--puerto-central', '1']);
  t.is(status, 1);
  t.is(stdout, '');
  t.regex(stderr, /^videocliente: No se encuentra el central [^\n]+\n$/);
});

test('a console without a central says so, goes on and ends with its input', async t => {
  const { status, stdout, stderr } = await run(t, 'videocliente', ['--puerto-central', '1'], 'LISTA_VIDEOS\nayuda\n');
  t.is(status, 0);
  t.true(stdout.includes('LISTA_VIDEOS'));
  t.true(stderr.includes('No se encuentra el central'));
});

async function refuses(t: ExecutionContext, program: string, args: readonly string[]): Promise<void> {
  const { status, stdout, stderr } = await run(t, program, args);
  t.is(status, 2, stderr);
  t.is(stdout, '');
  t.regex(stderr, new RegExp(`^${program}: [^\\n]+\\n$`));
  t.notRegex(stderr, /undefined| {4}at /);
}
