import { fileURLToPath } from 'node:url';

const KILLER = fileURLToPath(new URL('../fixtures/kill-at-phase.js', import.meta.url));

/** The environment of a program that is to die at this step; `fixtures/kill-at-phase.ts` tells what steps there are. */
export function killAt(step: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${KILLER}`, KILL_AT: step };
}
