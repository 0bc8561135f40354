import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { selfSigned } from '../fixtures/self-signed.ts';
import { sha256 } from '../helpers/manifests.ts';
import { hashFile } from '../helpers/process-cluster.ts';
import { runProgram, startProgram } from '../helpers/programs.ts';
import { putVideo } from '../helpers/put-video.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const bytes = randomBytes(5 * 1024 * 1024 + 11, 3);
const SERVED = ['--tls-certificado', 'cert.pem', '--tls-clave', 'key.pem'];
const TRUST = ['--tls-ca', 'cert.pem'];

async function folder(t: ExecutionContext): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'videopartes-tls-'));
  t.teardown(() => rm(cwd, { recursive: true, force: true }));
  await writeFile(join(cwd, 'cert.pem'), selfSigned.cert);
  await writeFile(join(cwd, 'key.pem'), selfSigned.key);
  return cwd;
}

test('with certificates everything goes by HTTPS: heartbeats, copies and downloads', async t => {
  const cwd = await folder(t);
  const central = startProgram(t, 'videocentral', ['--puerto', '0', '--replicas', '2', ...SERVED, ...TRUST], { cwd });
  const [, port] = await central.says(/a la escucha en https:\/\/127\.0\.0\.1:(\d+)/);
  const toCentral = ['--puerto-central', port!];
  await putVideo(join(cwd, 'videos1'), 'faro.mp4', bytes);
  const [first, second] = [1, 2].map(number => startProgram(t, 'videosecundario', ['-n', String(number), '--puerto', '0', ...SERVED, ...TRUST, ...toCentral], { cwd }));
  await first!.says(/a la escucha en https:/);
  await second!.says(/Copia de «faro.mp4» completa/);

  const get = (...flags: readonly string[]) => runProgram(t, 'videocliente', ['descargar', 'faro.mp4', '--directorio', 'descargas', ...toCentral, ...flags], { cwd });
  const { status, stderr } = await get(...TRUST);
  t.is(status, 0, stderr);
  t.is(await hashFile(join(cwd, 'descargas', 'faro.mp4')), sha256(bytes));

  t.regex((await get('--ip-central', 'https://localhost')).stderr, /^videocliente: No se sabe si https:\/\/localhost:\d+ es quien dice \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  t.regex((await get()).stderr, /^videocliente: No se encuentra el central/, 'in the clear nobody answers');
});

test('what is wrong with the files is said before anything starts', async t => {
  const cwd = await folder(t);
  const wrong: readonly (readonly [args: readonly string[], status: number, stderr: RegExp])[] = [
    [['--tls-certificado', 'cert.pem'], 2, /--tls-certificado y --tls-clave van juntos/],
    [['--tls-certificado', 'cert.pem', '--tls-clave', 'absent.pem'], 1, /No se puede leer absent\.pem/],
    [['--tls-certificado', 'key.pem', '--tls-clave', 'key.pem'], 1, /key\.pem: no es un certificado PEM\./],
    [['--tls-certificado', 'cert.pem', '--tls-clave', 'cert.pem'], 1, /cert\.pem: no es una clave privada PEM sin contraseña\./],
    [['--tls-ca', 'key.pem'], 1, /key\.pem: no es un certificado PEM\./],
  ];
  for (const [args, status, stderr] of wrong) {
    for (const [name, more] of [['videocentral', []], ['videosecundario', ['-n', '1']]] as const) {
      const end = await runProgram(t, name, ['--puerto', '0', ...more, ...args], { cwd });
      t.is(end.status, status, end.stderr);
      t.regex(end.stderr, stderr);
    }
  }
  t.regex((await runProgram(t, 'videocliente', ['listar', '--tls-ca', 'absent.pem'], { cwd })).stderr, /No se puede leer absent\.pem/);
});
