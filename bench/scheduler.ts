import { MIB } from '../lib/base/units.ts';
import { interleave, median, printResult, round } from './harness.ts';
import { simulate, type SimulatedSource } from './simulated-transfer.ts';

/** What deciding costs, and how near the ideal it comes, with 1 to 1000 sources in virtual time. */
const ROUNDS = 5;
const COUNTS = [1, 3, 10, 100, 1000];
const PARTS_A_SOURCE = 32;
const SOURCE_BYTES_PER_MS = (8 * MIB) / 1000;

const results = [];
for (const count of COUNTS) {
  const parts = count * PARTS_A_SOURCE;
  const plan = {
    id: '0'.repeat(64),
    name: 'simulated',
    sizeBytes: parts * MIB,
    partSizeBytes: MIB,
    partHashes: Array.from({ length: parts }, () => undefined),
  };
  const sources: SimulatedSource[] = Array.from({ length: count }, (_, index) => ({ id: `source-${index}`, bytesPerMs: SOURCE_BYTES_PER_MS }));
  const idealMs = (PARTS_A_SOURCE * MIB) / SOURCE_BYTES_PER_MS;
  const { runs } = await interleave(ROUNDS, {
    runs: async () => {
      const startedAtMs = performance.now();
      const { elapsedMs, duplicateBytes } = simulate(plan, sources, 1);
      return { realMs: performance.now() - startedAtMs, elapsedMs, duplicateBytes };
    },
  });
  results.push({
    sources: count,
    parts,
    idealOverVirtualTime: round(idealMs / median(runs.map(run => run.elapsedMs)), 3),
    duplicateShare: round(median(runs.map(run => run.duplicateBytes)) / plan.sizeBytes, 4),
    microsecondsAPart: round((median(runs.map(run => run.realMs)) * 1000) / parts, 1),
  });
}
printResult({ bench: 'scheduler', rounds: ROUNDS, results });
