import { KIB } from '../../../lib/base/units.ts';
import { manifestOf } from '../manifests.ts';
import { randomBytes } from '../random-bytes.ts';

/** Where a file is, as the catalogue tells. */
export interface Standing {
  readonly name: string;
  readonly isRemoved: boolean;
}

const SIZE_BYTES = 64 * KIB;
let made = 0;

/** A file of the load, and what is known of it. */
export class LoadFile {
  readonly id: string;
  readonly bytes: Buffer;
  /** Every name that it may have had. */
  readonly names: string[];
  /** As it was acknowledged last. */
  standing: Standing;
  /** As it is instead, perhaps: nobody knows what became of the last order. */
  doubt: Standing | undefined;
  /** Begun ones. */
  downloads = 0;

  constructor(name: string) {
    made += 1;
    this.bytes = randomBytes(SIZE_BYTES, made);
    this.id = manifestOf(this.bytes).id;
    this.names = [name];
    this.standing = { name, isRemoved: false };
  }
}
