import type { ResourceLimits } from 'node:worker_threads';

/** Of a thread that reads films. */
export const mediaThreadLimits: ResourceLimits = {
  // Far more than what it remembers of a film; what goes through it is beside.
  maxOldGenerationSizeMb: 128,
  // What lies outside the heap is given back when this is full: soon.
  maxYoungGenerationSizeMb: 1,
};
