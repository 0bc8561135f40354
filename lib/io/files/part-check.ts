import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { MIB } from '../../base/units.ts';
import { nodeHashName } from '../../domain/checksum.ts';
import type { FilePlan } from '../../domain/download/file-plan.ts';
import { partRange } from '../../domain/manifest.ts';

const PROBE_BYTES = 4096;

/** Reads parts of an unfinished file back and compares them with its plan, piece by piece in one buffer. */
export class PartCheck {
  readonly #file: FileHandle;
  readonly #plan: FilePlan;
  readonly #buffer: Buffer;

  constructor(file: FileHandle, plan: FilePlan) {
    this.#file = file;
    this.#plan = plan;
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(MIB, plan.partSizeBytes));
  }

  /** False also of a part whose hash nobody knows. One call at a time. */
  async isRight(part: number): Promise<boolean> {
    const expected = this.#plan.partHashes[part];
    if (expected === undefined) return false;
    const hash = createHash(nodeHashName(this.#plan.partAlgorithm ?? 'sha-256'));
    const { start, end } = partRange(this.#plan, part);
    for (let position = start; position < end; ) {
      const { bytesRead } = await this.#file.read(this.#buffer, 0, Math.min(this.#buffer.byteLength, end - position), position);
      if (bytesRead === 0) return false;
      hash.update(this.#buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
    return hash.digest('hex') === expected;
  }

  /** Whether nothing was written there, as far as its first bytes tell. */
  async isHole(part: number): Promise<boolean> {
    const { bytesRead } = await this.#file.read(this.#buffer, 0, PROBE_BYTES, partRange(this.#plan, part).start);
    return this.#buffer.subarray(0, bytesRead).every(byte => byte === 0);
  }
}
