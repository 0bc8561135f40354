import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { systemCodeOf } from '../../base/errors.ts';
import { writeAtomically } from './atomic-write.ts';

const shape = z.object({ identity: z.uuid() });

/** The random id that a folder keeps for ever; made at its first use, and again when what is there is damaged. */
export async function loadIdentity(path: string): Promise<string> {
  try {
    return shape.parse(JSON.parse(await readFile(path, 'utf8'))).identity;
  } catch (error) {
    const isUnusable = systemCodeOf(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError;
    if (!isUnusable) throw error;
  }
  const identity = randomUUID();
  await writeAtomically(path, `${JSON.stringify({ identity })}\n`);
  return identity;
}
