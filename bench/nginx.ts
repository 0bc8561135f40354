import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findProgram, freePort, MeasuredProcess } from './harness.ts';

export interface Nginx extends AsyncDisposable {
  readonly process: MeasuredProcess;
  readonly port: number;
}

/** nginx over a folder: one process, no logs, `sendfile`. Listens on every loopback address; undefined when not installed. */
export async function startNginx(folder: string): Promise<Nginx | undefined> {
  const program = await findProgram('nginx');
  if (!program) return undefined;
  const port = await freePort();
  const config = join(folder, 'nginx.conf');
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(kind => `${kind}_temp_path ${folder}/${kind};`);
  const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map(address => `listen ${address}:${port};`);
  await writeFile(
    config,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log /dev/null; user root;
    events { worker_connections 1024; }
    http { ${scratch.join(' ')} access_log off; sendfile on; tcp_nopush on;
      server { ${addresses.join(' ')} root ${folder}; } }`,
  );
  const server = new MeasuredProcess(program, ['-e', '/dev/null', '-p', folder, '-c', config]);
  await untilListening(port);
  return { process: server, port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function untilListening(port: number): Promise<void> {
  for (let isListening = false; !isListening; ) {
    const socket = connect(port, '127.0.0.1');
    isListening = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'close').then(() => false)]).catch(() => false);
    socket.destroy();
  }
}
