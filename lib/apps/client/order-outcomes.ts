import { isVideoError, type VideoError } from '../../base/errors.ts';
import type { GetResult } from './get.ts';

export interface FailedDownload {
  readonly name: string;
  readonly error: VideoError;
}

/** How the downloads of one order ended. */
export class OrderOutcomes {
  readonly #done: string[] = [];
  readonly #failed: FailedDownload[] = [];
  readonly #cancelled: string[] = [];

  get failed(): readonly FailedDownload[] {
    return this.#failed;
  }

  get names(): { readonly done: readonly string[]; readonly cancelled: readonly string[] } {
    return { done: this.#done, cancelled: this.#cancelled };
  }

  get total(): number {
    return this.#done.length + this.#failed.length + this.#cancelled.length;
  }

  get areAllDone(): boolean {
    return this.#done.length === this.total;
  }

  ended({ record, error }: GetResult): void {
    if (error) this.failedWith(record.name, error);
    else this.#done.push(record.name);
  }

  failedWith(name: string, error: VideoError): void {
    if (isVideoError(error, 'cancelled')) this.#cancelled.push(name);
    else this.#failed.push({ name, error });
  }
}
