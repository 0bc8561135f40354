import * as z from 'zod';
import { RESOLUTIONS } from '../../domain/time-series.ts';
import { limits } from '../limits.ts';
import { timeMs } from './basics.ts';

/** What was counted, and numbers that anybody registers. */

export const counts = z.record(z.string(), z.int().min(0));
/** Sums over years, which may be too large to be exact. */
const total = z.number().min(0);
export const sums = <K extends string>(...keys: readonly K[]) => Object.fromEntries(keys.map(key => [key, total])) as Record<K, typeof total>;
export const resolution = z.enum(RESOLUTIONS);
/** It stands in the path as it is typed. */
export const topicName = z.string().max(limits.topicMaxLength).regex(/^[\p{L}\p{N}][\p{L}\p{N}._:@-]*$/u);
export const topicKey = z.string().min(1).max(limits.topicKeyMaxLength).regex(/^\P{C}+$/u);
export const registeredNumber = z.object({ key: topicKey, value: z.number() });

export const topic = z.object({
  topic: z.string(),
  entries: z.array(z.object({ key: z.string(), count: z.int().min(1), sum: z.number(), min: z.number(), max: z.number(), last: z.number(), lastAtMs: timeMs })),
});
