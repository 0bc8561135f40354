import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Forms that a file was compressed to when the page was made, the smallest first. */
export type PageCoding = 'br' | 'gzip';

export interface PageFile {
  /** Below the folder of the page. */
  readonly path: string;
  readonly type: string;
  /** Of its content, without quotes. */
  readonly etag: string;
  readonly encodings: readonly PageCoding[];
  /** Its name changes with its content. */
  readonly isImmutable: boolean;
}

/** `page.json`: everything that is served, by the path of its URL. */
export interface PageIndex {
  readonly files: Readonly<Record<string, PageFile>>;
}

export interface PageFiles {
  /** Undefined for what is no file of the page. */
  find(urlPath: string): Promise<PageFile | undefined>;
  read(file: PageFile, coding: PageCoding | undefined): Promise<Buffer>;
}

const FOLDER = 'page';
const INDEX = 'page.json';

/** The page that `npm run build` made, read when it is first asked for. */
export function openPageFiles(folder = pageFolder()): PageFiles {
  let index: Promise<PageIndex> | undefined;
  return {
    async find(urlPath) {
      index ??= readFile(join(folder, INDEX), 'utf8').then(text => JSON.parse(text) as PageIndex);
      const { files } = await index;
      return Object.hasOwn(files, urlPath) ? files[urlPath] : undefined;
    },
    read: ({ path }, coding) => readFile(join(folder, coding === undefined ? path : `${path}.${coding}`)),
  };
}

/** `dist/page`, from wherever in `dist` this runs: as a module, or inside a program. */
export function pageFolder(): string {
  let above = import.meta.dirname;
  while (!existsSync(join(above, FOLDER, INDEX)) && dirname(above) !== above) above = dirname(above);
  return join(above, FOLDER);
}
