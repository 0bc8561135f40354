import { toVideoError, VideoError } from '../../../base/errors.ts';
import { limits } from '../../../protocol/limits.ts';
import { parseMetalink, type MetalinkFile } from '../../../protocol/metalink-reader.ts';
import { prepared, prepareFile, survey, type MirrorPorts, type PreparedFile } from './prepare.ts';
import type { Survey, SurveyedMirror } from './survey.ts';
import { isMetalinkUrl, type ForeignWish } from './wishes.ts';

export interface ForeignFilesPorts extends MirrorPorts {
  readonly fetchMetalink: (url: string, options: { readonly signal: AbortSignal }) => Promise<string>;
  /** Of this machine. */
  readonly readMetalink: (path: string, options: { readonly signal: AbortSignal }) => Promise<string>;
}

/** A file that was wished, by its name; its mirrors are asked when its turn comes, if they were not before. */
export interface ForeignFileToGet {
  readonly name: string;
  readonly prepare: (signal: AbortSignal) => Promise<PreparedFile>;
}

/**
 * The files that a wish is about.
 *
 * @throws VideoError `invalid_metalink`, `invalid_name`, `path_not_readable`, or why no mirror answers
 */
export async function filesOf(wish: ForeignWish, ports: ForeignFilesPorts, signal: AbortSignal): Promise<readonly ForeignFileToGet[]> {
  if (wish.type === 'metalink') return describedFiles(await ports.readMetalink(wish.path, { signal }), ports);
  const [url] = wish.urls;
  if (wish.urls.length === 1 && isMetalinkUrl(url!)) return describedFiles(await ports.fetchMetalink(url!, { signal }), ports);
  const answers = await survey({ urls: wish.urls, checksums: [] }, ports, signal);
  const [first] = answers.answered;
  if (first.facts.isMetalink) return describedFiles(await ports.fetchMetalink(first.url, { signal }), ports);
  const file = await preparedFromAnswers(wish.urls, answers, ports, signal);
  return [{ name: file.plan.name, prepare: async () => file }];
}

function describedFiles(text: string, ports: MirrorPorts): readonly ForeignFileToGet[] {
  return parseMetalink(text).map(file => ({
    name: file.name,
    prepare: async signal => {
      if (file.urls.length === 0) throw new VideoError('invalid_metalink', { reason: `${file.name}: no HTTP address` });
      return prepareFile(file, ports, signal);
    },
  }));
}

/** With the hashes and, when there is one to tell right from wrong, the mirrors that the answers speak of (RFC 6249). */
async function preparedFromAnswers(urls: readonly string[], { answered, undecided }: Survey, ports: ForeignFilesPorts, signal: AbortSignal): Promise<PreparedFile> {
  const [first] = answered;
  const described = await describedBy(first, ports, signal);
  const checksums = [...first.facts.checksums, ...(described?.checksums ?? [])];
  const pieces = described?.pieces;
  const isRightKnown = checksums.length > 0 || pieces !== undefined;
  const reached = new Set([...urls, ...answered.map(({ facts }) => facts.finalUrl)]);
  const told = [...(described?.urls ?? []), ...answered.flatMap(({ facts }) => facts.duplicates)];
  const others = isRightKnown ? [...new Set(told)].filter(url => !reached.has(url)).slice(0, limits.mirrorsPerFile) : [];
  return prepared({ urls: [...urls, ...others], checksums, pieces }, { answered, undecided: [...undecided, ...others] });
}

/** The file in the metalink that the answer names; a document that cannot be used changes nothing. */
async function describedBy({ facts, sizeBytes }: SurveyedMirror, ports: ForeignFilesPorts, signal: AbortSignal): Promise<MetalinkFile | undefined> {
  if (facts.metalinkUrl === undefined) return undefined;
  try {
    const files = parseMetalink(await ports.fetchMetalink(facts.metalinkUrl, { signal }));
    return files.find(file => file.sizeBytes === sizeBytes && files.length === 1 && !contradicts(file, facts.checksums));
  } catch (error) {
    signal.throwIfAborted();
    ports.log.debug('request.failed', { operation: 'metalink', reason: toVideoError(error).code });
    return undefined;
  }
}

function contradicts(file: MetalinkFile, checksums: SurveyedMirror['facts']['checksums']): boolean {
  return file.checksums.some(({ algorithm, hex }) => checksums.some(told => told.algorithm === algorithm && told.hex !== hex));
}
