import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What is no folder where `path`, for which the disk said ENOTDIR, needs one: the nearest thing above it that is there. */
export async function obstructingFile(path: string): Promise<string> {
  const above = dirname(path);
  const isThere = await stat(above).then(
    () => true,
    () => false,
  );
  return isThere || above === path ? above : obstructingFile(above);
}
