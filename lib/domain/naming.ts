import type { FileId } from './file.ts';

/**
 * The content that a name stands for: the one it has while any node holds it, else the first that was announced under
 * it (`announced`: known contents, in order of announcement), else still the one it has. Nobody's absence frees a name.
 */
export function contentOfName(
  current: FileId | undefined,
  isHeld: (id: FileId) => boolean,
  announced: readonly FileId[],
): FileId | undefined {
  if (current !== undefined && isHeld(current)) return current;
  return announced[0] ?? current;
}
