import type { FileId } from './file.ts';
import type { IndexedFile } from './local-folder.ts';

/**
 * Moves of whole files between the folder that people see and what the node keeps for itself. What resolved is durable; a
 * crash leaves the file where it was or where it was to go. A file that is no longer the one that was known is left alone,
 * and the answer is false.
 */
export interface ReplicaMoves extends AsyncDisposable {
  /** Whether the trash has something of this content. */
  holds(id: FileId): boolean;

  /** From the folder to the trash. */
  trash(file: IndexedFile): Promise<boolean>;

  /**
   * From the trash to the folder; undefined when the trash has nothing of it. `isUntouched` tells that nobody changed the
   * file while it was there.
   *
   * @throws VideoError `output_exists` when the name is taken
   */
  restore(id: FileId, name: string): Promise<{ readonly isUntouched: boolean } | undefined>;

  /** @throws VideoError `output_exists` when the new name is taken */
  rename(file: IndexedFile, to: string): Promise<boolean>;

  /** Frees a file of the folder. */
  drop(file: IndexedFile): Promise<boolean>;

  /** Frees all that the trash has of the content; tells how many files that was. */
  empty(id: FileId): Promise<number>;
}
