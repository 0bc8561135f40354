import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import type { ClientStatistics, DownloadRecord } from '../../lib/domain/statistics.ts';
import { formatMetalink } from '../../lib/protocol/metalink.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { startMirror, type MirrorServerOptions } from '../helpers/mirror-server.ts';
import { runProgram, startProgram, statisticsPathIn, type ProgramEnd } from '../helpers/programs.ts';
import { eventNamed } from '../helpers/processes.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const bytes = randomBytes(12 * MIB + 777, 41);
const manifest = manifestOf(bytes, 'verano.mp4');

const reachedTwoMegabytes = /"event":"progress".*"doneBytes":(?:[2-9]\d{6}|1\d{7})/;

interface Place {
  readonly directory: string;
  run(...args: readonly string[]): Promise<ProgramEnd>;
  start(...args: readonly string[]): ReturnType<typeof startProgram>;
  read(name: string): Promise<Buffer>;
  record(): Promise<DownloadRecord>;
  /** What is there but statistics. */
  left(): Promise<readonly string[]>;
}

/** A folder where clients run that know of no central. */
async function place(t: ExecutionContext): Promise<Place> {
  const directory = await temporaryDirectory(t);
  const flags = ['--nombre', 'ana', '--puerto-central', '1'];
  return {
    directory,
    run: (...args) => runProgram(t, 'videocliente', [...flags, ...args], { cwd: directory }),
    start: (...args) => startProgram(t, 'videocliente', [...flags, ...args], { cwd: directory, input: null }),
    read: name => readFile(join(directory, name)),
    async record() {
      const saved = JSON.parse(await readFile(statisticsPathIn(directory, 'cliente-ana'), 'utf8')) as ClientStatistics;
      return saved.downloads.at(-1)!;
    },
    left: async () => (await readdir(directory)).filter(name => name !== 'stats').sort(),
  };
}

/** A record of a `--json` run. */
function recordIn({ stdout }: ProgramEnd): DownloadRecord {
  const done = stdout.split('\n').filter(Boolean).map(eventNamed('done')).find(Boolean);
  return done!['record'] as DownloadRecord;
}

const corrupt: MirrorServerOptions['twist'] = (request, response) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
  const body = Buffer.from(bytes.subarray(Number(first), Number(last) + 1));
  body[0]! ^= 1;
  response.writeHead(206, { ETag: '"one"', 'Content-Range': `bytes ${first}-${last}/${bytes.length}`, 'Content-Length': body.length }).end(body);
  return true;
};

test('a plain URL is downloaded without a central, and said to be unverified', async t => {
  const server = await startMirror(t, bytes);
  const { run, read, record, left } = await place(t);
  const { status, stdout, stderr } = await run('descargar', server.url);
  t.is(status, 0, stderr);
  t.regex(stdout, /«verano\.mp4»: descargado entero; nadie dio una suma/);
  t.true(bytes.equals(await read('verano.mp4')));
  t.deepEqual(await left(), ['verano.mp4']);
  t.like(await record(), { name: 'verano.mp4', outcome: 'done', verified: false, receivedBytes: bytes.length });
  t.deepEqual((await record()).sources.map(({ id }) => id), [server.id]);
});

test('the name that the server gives, -o, and --json work as ever', async t => {
  const server = await startMirror(t, bytes, { headers: { 'Content-Disposition': 'attachment; filename="otro nombre.mp4"' } });
  const { run, read, left } = await place(t);
  t.is((await run('descargar', server.url)).status, 0);
  const end = await run('descargar', server.url, '-o', 'carpeta/mío.mp4', '--json');
  t.is(end.status, 0);
  t.is(recordIn(end).path, 'carpeta/mío.mp4');
  t.true(bytes.equals(await read('carpeta/mío.mp4')));
  t.deepEqual(await left(), ['carpeta', 'otro nombre.mp4']);
});

test('user and password are used, and neither shown nor saved', async t => {
  const server = await startMirror(t, bytes, {
    twist: (request, response) => {
      if (request.headers.authorization === `Basic ${Buffer.from('ana:secretísima').toString('base64')}`) return false;
      response.writeHead(401).end();
      return true;
    },
  });
  const { run, directory } = await place(t);
  const { host } = new URL(server.url);
  const refused = await run('descargar', server.url);
  t.is(refused.status, 1);
  t.is(refused.stderr, `videocliente: ${server.id} rechazó la petición (HTTP 401).\n`);
  const wrong = await run('descargar', server.url.replace(host, `ana:falsísima@${host}`));
  t.is(wrong.status, 1);
  t.notRegex(wrong.stdout + wrong.stderr, /falsí/);
  const { status, stdout, stderr } = await run('descargar', server.url.replace(host, `ana:secretísima@${host}`), '--nivel', 'debug');
  t.is(status, 0);
  t.notRegex(stdout + stderr, /secret/);
  t.notRegex(await readFile(statisticsPathIn(directory, 'cliente-ana'), 'utf8'), /secret|falsí/);
});

test('of the mirrors of a metalink one corrupts and one dies: the file is whole', async t => {
  const good = await startMirror(t, bytes);
  const bad = await startMirror(t, bytes, { twist: corrupt });
  const dying = await startMirror(t, bytes, {
    twist: (request, response, count) => {
      if (count < 3) return false;
      request.socket.destroy();
      response.destroy();
      return true;
    },
  });
  const { run, read, directory } = await place(t);
  await writeFile(join(directory, 'lista.meta4'), formatMetalink(manifest, [bad.url, dying.url, good.url]));
  const end = await run('descargar', 'lista.meta4', '--json', '--limite', '20M');
  t.is(end.status, 0, end.stderr);
  t.true(bytes.equals(await read('verano.mp4')));
  const record = recordIn(end);
  const source = (id: string) => record.sources.find(one => one.id === id);
  t.true(source(bad.id)!.hashFailures > 0);
  t.true(source(dying.id)!.failures > 0);
  t.true(source(good.id)!.parts > 0);
  t.is(record.verified, undefined);
});

test('a metalink by its URL, of two files: both are downloaded, and -o is refused', async t => {
  const other = randomBytes(100, 5);
  const server = await startMirror(t, bytes);
  const small = await startMirror(t, other);
  const one = formatMetalink(manifest, [server.url]);
  const two = formatMetalink(manifestOf(other, 'pequeño.txt'), [small.url]);
  const both = one.replace('</metalink>', `${/<file[\s\S]*<\/file>/.exec(two)![0]}</metalink>`);
  const documents = await startMirror(t, Buffer.from(both));
  const url = documents.url.replace('verano.mp4', 'los%20dos.meta4');
  const { run, read, left } = await place(t);
  const refused = await run('descargar', url, '-o', 'uno.mp4');
  t.is(refused.status, 2);
  t.is((await run('descargar', url)).status, 0);
  t.true(bytes.equals(await read('verano.mp4')));
  t.true(other.equals(await read('pequeño.txt')));
  t.deepEqual(await left(), ['pequeño.txt', 'verano.mp4']);
});

test('--espejos: one file from several mirrors, of which one has it not and one is another size', async t => {
  const servers = await Promise.all([startMirror(t, bytes), startMirror(t, bytes)]);
  const missing = await startMirror(t, bytes, { twist: (_, response) => Boolean(response.writeHead(404).end()) });
  const shorter = await startMirror(t, bytes.subarray(1));
  const { run, read, record } = await place(t);
  const urls = [...servers, missing, shorter].map(({ url }) => url);
  const { status, stderr } = await run('descargar', '--espejos', ...urls, '--limite', '20M');
  t.is(status, 0, stderr);
  t.true(bytes.equals(await read('verano.mp4')));
  const gave = (await record()).sources.filter(({ bytes: given }) => given > 0).map(({ id }) => id);
  t.deepEqual(gave.sort(), servers.map(({ id }) => id).sort());
});

test('mirrors and pieces that an answer speaks of are used', async t => {
  const good = await startMirror(t, bytes);
  const digest = `sha-256=:${Buffer.from(manifest.sha256, 'hex').toString('base64')}:`;
  const document = await startMirror(t, Buffer.from(formatMetalink(manifest, [good.url])));
  const first = await startMirror(t, bytes, {
    headers: { 'Repr-Digest': digest, Link: [`<${document.url}>; rel=describedby; type="application/metalink4+xml"`] },
    twist: (request, response, count) => count > 1 && corrupt(request, response, count),
  });
  const { run, read, record } = await place(t);
  t.is((await run('descargar', first.url)).status, 0);
  t.true(bytes.equals(await read('verano.mp4')));
  const { sources } = await record();
  t.true(sources.find(({ id }) => id === first.id)!.hashFailures > 0);
  t.true(sources.find(({ id }) => id === good.id)!.parts > 0);
});

test('what is not what its checksum says is thrown away', async t => {
  const wrong = `sha-256=:${Buffer.alloc(32, 7).toString('base64')}:`;
  const server = await startMirror(t, bytes, { headers: { 'Repr-Digest': wrong } });
  const { run, record, left } = await place(t);
  const { status, stdout, stderr } = await run('descargar', server.url);
  t.is(status, 1);
  t.regex(stderr, /^videocliente: La suma de comprobación no coincide[^\n]+\n$/);
  t.notRegex(stdout, /se conserva\./);
  t.deepEqual(await left(), []);
  t.like(await record(), { outcome: 'failed', error: 'checksum_mismatch' });
});

test('a client that is killed goes on from the pieces that it has', async t => {
  const server = await startMirror(t, bytes);
  const { run, start, read, directory } = await place(t);
  await writeFile(join(directory, 'lista.meta4'), formatMetalink(manifest, [server.url]));
  const first = start('descargar', 'lista.meta4', '--json', '--limite', '2M');
  await first.says(reachedTwoMegabytes);
  await first.stop('SIGKILL');
  const end = await run('descargar', 'lista.meta4', '--json');
  t.is(end.status, 0, end.stderr);
  t.true(bytes.equals(await read('verano.mp4')));
  const { resumedBytes, receivedBytes } = recordIn(end);
  t.true(resumedBytes >= 2_000_000, String(resumedBytes));
  t.is(resumedBytes + receivedBytes, bytes.length);
});

test('a file that changed between two runs begins again, and one that did not goes on', async t => {
  let etag = '"one"';
  let content: Buffer = bytes;
  const server = await startMirror(t, bytes, {
    twist: (request, response) => {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
      const body = content.subarray(Number(first), Number(last) + 1);
      response.writeHead(206, { ETag: etag, 'Content-Range': `bytes ${first}-${last}/${bytes.length}`, 'Content-Length': body.length }).end(body);
      return true;
    },
  });
  const { run, start, read, record } = await place(t);
  const interrupted = async () => {
    const client = start('descargar', server.url, '--json', '--limite', '2M');
    await client.says(reachedTwoMegabytes);
    t.is((await client.stop('SIGINT')).status, 130);
  };
  await interrupted();
  await interrupted();
  t.true((await record()).resumedBytes >= 2_000_000);
  etag = '"two"';
  content = randomBytes(bytes.length, 42);
  const { status, stdout, stderr } = await run('descargar', server.url);
  t.is(status, 0, stderr);
  t.regex(stdout, /«verano\.mp4» empieza de nuevo: ha cambiado desde la última vez/);
  t.is((await record()).resumedBytes, 0);
  t.true(content.equals(await read('verano.mp4')));
});

test('a file that changes in the middle is never joined from two: one clear error', async t => {
  const server = await startMirror(t, bytes, {
    twist: (request, response, count) => {
      if (count < 4) return false;
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
      response.writeHead(206, { ETag: '"two"', 'Content-Range': `bytes ${first}-${last}/${bytes.length}` }).end(bytes.subarray(Number(first), Number(last) + 1));
      return true;
    },
  });
  const { run, left } = await place(t);
  const { status, stderr } = await run('descargar', server.url);
  t.is(status, 1);
  t.regex(stderr, /^videocliente: 127\.0\.0\.1:\d+ respondió [^\n]+the file changed[^\n]+\n$/);
  t.false((await left()).includes('verano.mp4'));
});

test('without ranges the file comes in one stream, and an interrupted one begins again', async t => {
  const server = await startMirror(t, bytes, { hasRanges: false });
  const { run, start, read, record } = await place(t);
  const client = start('descargar', server.url, '--json', '--limite', '2M');
  await client.says(reachedTwoMegabytes);
  t.is((await client.stop('SIGINT')).status, 130);
  const { status, stdout, stderr } = await run('descargar', server.url);
  t.is(status, 0, stderr);
  t.regex(stdout, /empieza de nuevo: su servidor no envía por partes/);
  t.true(bytes.equals(await read('verano.mp4')));
  t.is((await record()).receivedBytes, bytes.length);
});

test('a mirror that asks for patience is given it', async t => {
  const server = await startMirror(t, bytes, {
    twist: (_, response, count) => count === 2 && Boolean(response.writeHead(503, { 'Retry-After': '1' }).end()),
  });
  const { run, read, record } = await place(t);
  t.is((await run('descargar', server.url)).status, 0);
  t.true(bytes.equals(await read('verano.mp4')));
  t.true((await record()).elapsedMs >= 1000);
});

test('what cannot begin says why in one line', async t => {
  const gone = await startMirror(t, bytes);
  await gone.close();
  const { run, directory, left } = await place(t);
  await writeFile(join(directory, 'roto.meta4'), '<metalink><file name="../x"/></metalink>');
  const cases: readonly (readonly [args: readonly string[], status: number, stderr: RegExp])[] = [
    [[gone.url], 1, /no responde \(ECONNREFUSED\)/],
    [['roto.meta4'], 1, /El nombre «\.\.\/x» no sirve/],
    [['no-existe.meta4'], 1, /No se puede leer no-existe\.meta4/],
    [['--espejos', 'a.mp4'], 2, /--espejos es para las URL/],
  ];
  for (const [args, status, sentence] of cases) {
    const end = await run('descargar', ...args);
    t.is(end.status, status);
    t.regex(end.stderr, /^videocliente: [^\n]+\n$/);
    t.regex(end.stderr, sentence);
  }
  t.deepEqual(await left(), ['roto.meta4']);
});

test('the address of a video at our own central is an address like any other: its redirect names all', async t => {
  const cluster = await TalkingCluster.start(t, 2);
  await cluster.putVideo(1, 'faro ñandú.mp4', bytes);
  await cluster.whenHeldBy('faro ñandú.mp4', 2);
  const { run, read, record } = await place(t);
  const { status, stderr } = await run('descargar', `http://127.0.0.1:${cluster.centralPort}/files/${encodeURIComponent('faro ñandú.mp4')}`, '--limite', '20M');
  t.is(status, 0, stderr);
  t.true(bytes.equals(await read('faro ñandú.mp4')));
  const { sources, verified } = await record();
  t.is(sources.filter(({ parts }) => parts > 0).length, 2);
  t.is(verified, undefined);
});

test('the console downloads a URL too, and waits for it when its input ends', async t => {
  const server = await startMirror(t, bytes);
  const { read, directory } = await place(t);
  const input = `VIDEO ${server.url.replace('127', 'ana:secretísima@127')}\n`;
  const { status, stdout, stderr } = await runProgram(t, 'videocliente', ['--puerto-central', '1'], { cwd: directory, input });
  t.is(status, 0, stderr);
  t.regex(stdout, /«verano\.mp4»: descargado entero/);
  t.notRegex(stdout, /secret/);
  t.true(bytes.equals(await read('verano.mp4')));
});
