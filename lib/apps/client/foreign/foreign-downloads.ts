import { toVideoError, type VideoError } from '../../../base/errors.ts';
import type { DownloadRequest, Downloads } from '../downloads.ts';
import type { GetResult } from '../get.ts';
import { filesOf, type ForeignFileToGet } from './files.ts';
import { getForeign, type ForeignPorts } from './get-foreign.ts';
import { nameOf, type ForeignWish } from './wishes.ts';

export interface ForeignDownloadsOptions {
  readonly directory: string;
  /** Opened when the first file of others is wished: most runs have none. */
  readonly openPorts: () => Promise<ForeignPorts>;
  readonly downloads: Downloads;
  readonly signal: AbortSignal;
}

/** A wish that is no file, by a name that may be shown. */
export interface WishFailure {
  readonly name: string;
  readonly error: VideoError;
}

export interface FoundFiles {
  readonly files: readonly ForeignFileToGet[];
  readonly failures: readonly WishFailure[];
}

/** The downloads of a client that no central knows of. */
export class ForeignDownloads {
  readonly #options: ForeignDownloadsOptions;
  #ports: Promise<ForeignPorts> | undefined;

  constructor(options: ForeignDownloadsOptions) {
    this.#options = options;
  }

  /** The files that the wishes are about, and why some could not be found out. */
  async find(wishes: readonly ForeignWish[]): Promise<FoundFiles> {
    const files: ForeignFileToGet[] = [];
    const failures: WishFailure[] = [];
    const find = async (wish: ForeignWish) => {
      try {
        files.push(...(await filesOf(wish, await this.#openPorts(), this.#options.signal)));
      } catch (error) {
        failures.push({ name: nameOf(wish), error: toVideoError(error) });
      }
    };
    await Promise.all(wishes.map(find));
    return { files, failures };
  }

  /** Begins now or in turn. @throws VideoError why it could not begin */
  start(file: ForeignFileToGet, outputPath?: string): Promise<GetResult> {
    const { downloads, directory, signal } = this.#options;
    const get = async (_name: string, { observer, outputPath: path }: DownloadRequest) =>
      getForeign(file, { directory, outputPath: path, observer, signal }, await this.#openPorts());
    return downloads.start(file.name, { outputPath, get });
  }

  #openPorts(): Promise<ForeignPorts> {
    this.#ports ??= this.#options.openPorts();
    return this.#ports;
  }
}
