import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { binaryOf, type ProgramName } from '../helpers/programs.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const STARTER = fileURLToPath(new URL('../../lib/io/processes/child-program.js', import.meta.url));

const programs: readonly (readonly [ProgramName, readonly string[]])[] = [
  ['videocliente', []],
  ['videosecundario', ['-n', '1', '--puerto', '0']],
  ['videocentral', ['--puerto', '0']],
];

for (const [name, flags] of programs) {
  test(`a ${name} that another program started on its terminal does not outlive it, however that one ends`, async t => {
    const directory = await temporaryDirectory(t);
    const script = join(directory, 'starter.mjs');
    await writeFile(
      script,
      `import { startProgram } from ${JSON.stringify(STARTER)};
       await startProgram({ script: ${JSON.stringify(binaryOf(name))}, args: ${JSON.stringify([...flags, '--nivel', 'debug'])}, output: 'inherit' });`,
    );
    const starter = spawn(process.execPath, [script], { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    t.teardown(() => {
      try {
        process.kill(-starter.pid!, 'SIGKILL');
      } catch {
        // Nobody of its group is left, as it should be.
      }
    });
    await once(starter.stdout, 'readable');
    starter.kill('SIGKILL');
    // Both write to it: it ends when both are gone.
    t.not(await text(starter.stdout), '');
  });
}
