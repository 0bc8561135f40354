import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { availableParallelism, totalmem } from 'node:os';
import { GIB } from '../lib/base/units.ts';
import { printResult, round, runProgram } from './harness.ts';

/** Runs the benches named on the command line, or all, one after another, and prints one JSON document. */
const NOT_A_BENCH = new Set(['run', 'harness', 'nginx', 'cluster', 'throttled-node', 'simulated-transfer', 'catalog-names', 'database-cpu', 'simulated-names', 'peer-crowd', 'library-central']);

const folder = import.meta.dirname;
const names = process.argv.length > 2 ? process.argv.slice(2).map(nameOf) : await allBenches();
const results: Record<string, unknown> = {};
for (const name of names) {
  results[name] = JSON.parse(await runProgram(process.execPath, [join(folder, `${name}.js`)]));
}
printResult({
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cores: availableParallelism(),
  memoryGib: round(totalmem() / GIB, 1),
  results,
});

async function allBenches(): Promise<string[]> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.js'));
  return files.map(nameOf).filter(name => !NOT_A_BENCH.has(name)).sort();
}

/** `bench/server-throughput.ts`, `server-throughput.js` and `server-throughput` are the same. */
function nameOf(file: string): string {
  return basename(file).replace(/\.[jt]s$/, '');
}
