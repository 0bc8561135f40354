import { VideoError } from '../base/errors.ts';
import { HASH_ALGORITHMS, isHashAlgorithm, parseHexDigest, type Checksum, type HashAlgorithm } from '../domain/checksum.ts';
import type { Pieces } from '../domain/download/foreign-plan.ts';
import { parseFileName } from '../domain/file.ts';
import { partCountOf } from '../domain/manifest.ts';
import { limits } from './limits.ts';
import { isHttpUrl } from './mirror-url.ts';
import { attributeOf, childrenOf, childText, parseXml, textOf, type XmlNode } from './xml-tree.ts';

/** A file as a metalink describes it. */
export interface MetalinkFile {
  readonly name: string;
  readonly sizeBytes: number | undefined;
  readonly checksums: readonly Checksum[];
  /** Those of the strongest algorithm. */
  readonly pieces: Pieces | undefined;
  /** Of HTTP and HTTPS only, the best first. */
  readonly urls: readonly string[];
}

const NO_PRIORITY = Infinity;

/**
 * Reads a metalink of any number of files: RFC 5854 (`.meta4`) or the older version 3 (`.metalink`). Hashes and URLs of
 * kinds that nobody here knows are skipped; what is known has to be right.
 *
 * @throws VideoError `invalid_metalink`, `invalid_name`
 */
export function parseMetalink(text: string): readonly MetalinkFile[] {
  const [metalink] = childrenOf(read(text), 'metalink');
  if (!metalink) throw refuse('there is no element metalink');
  const dialect = childrenOf(metalink, 'files').length > 0 ? version3 : version4;
  const nodes = dialect.files(metalink);
  if (nodes.length === 0) throw refuse('it describes no file');
  if (nodes.length > limits.metalinkMaxFiles) throw refuse(`more than ${limits.metalinkMaxFiles} files`);
  const files = nodes.map(node => fileOf(node, dialect));
  const repeated = files.find(({ name }, index) => files.findIndex(other => other.name === name) !== index);
  if (repeated) throw refuse(`two files have the name ${repeated.name}`);
  return files;
}

/** Where the two versions keep the same things. */
interface Dialect {
  readonly files: (metalink: XmlNode) => readonly XmlNode[];
  /** What holds `hash` and `pieces`. */
  readonly hashes: (file: XmlNode) => XmlNode;
  readonly urls: (file: XmlNode) => readonly XmlNode[];
  /** The lower, the better. */
  readonly priorityOf: (url: XmlNode) => number;
}

const version4: Dialect = {
  files: metalink => childrenOf(metalink, 'file'),
  hashes: file => file,
  urls: file => childrenOf(file, 'url'),
  priorityOf: url => wholeNumber(attributeOf(url, 'priority')) ?? NO_PRIORITY,
};

const version3: Dialect = {
  files: metalink => childrenOf(metalink, 'files').flatMap(files => childrenOf(files, 'file')),
  hashes: file => childrenOf(file, 'verification')[0] ?? {},
  urls: file => childrenOf(file, 'resources').flatMap(resources => childrenOf(resources, 'url')),
  // A percentage there: the higher, the better.
  priorityOf: url => 100 - (wholeNumber(attributeOf(url, 'preference')) ?? 0),
};

function read(text: string): XmlNode {
  if (Buffer.byteLength(text) > limits.metalinkMaxBytes) throw refuse(`larger than ${limits.metalinkMaxBytes} bytes`);
  try {
    return parseXml(text);
  } catch (error) {
    throw new VideoError('invalid_metalink', { reason: (error as Error).message }, { cause: error });
  }
}

function fileOf(node: XmlNode, dialect: Dialect): MetalinkFile {
  const name = parseFileName(attributeOf(node, 'name') ?? '');
  const sizeText = childText(node, 'size');
  const sizeBytes = wholeNumber(sizeText);
  if (sizeText !== undefined && sizeBytes === undefined) throw refuse(`${name}: size ${sizeText}`);
  const hashes = dialect.hashes(node);
  return {
    name,
    sizeBytes,
    checksums: childrenOf(hashes, 'hash').flatMap(hash => checksumOf(hash, name)),
    pieces: piecesOf(hashes, name, sizeBytes),
    urls: urlsOf(node, dialect),
  };
}

function checksumOf(hash: XmlNode, name: string): readonly Checksum[] {
  const algorithm = algorithmOf(hash);
  return algorithm === undefined ? [] : [{ algorithm, hex: digestOf(algorithm, hash, name) }];
}

function piecesOf(hashes: XmlNode, name: string, sizeBytes: number | undefined): Pieces | undefined {
  const all = childrenOf(hashes, 'pieces').flatMap(pieces => {
    const algorithm = algorithmOf(pieces);
    return algorithm === undefined ? [] : [piecesIn(pieces, algorithm, name)];
  });
  for (const { hashes: found, lengthBytes } of all) {
    if (sizeBytes !== undefined && found.length !== partCountOf(sizeBytes, lengthBytes)) {
      throw refuse(`${name}: ${found.length} pieces of ${lengthBytes} bytes for ${sizeBytes} bytes`);
    }
  }
  return all.sort((one, other) => HASH_ALGORITHMS.indexOf(one.algorithm) - HASH_ALGORITHMS.indexOf(other.algorithm))[0];
}

function piecesIn(node: XmlNode, algorithm: HashAlgorithm, name: string): Pieces {
  const lengthBytes = wholeNumber(attributeOf(node, 'length'));
  if (!lengthBytes) throw refuse(`${name}: length of its pieces`);
  return { algorithm, lengthBytes, hashes: childrenOf(node, 'hash').map(hash => digestOf(algorithm, hash, name)) };
}

/** Version 3 writes `sha1` and `sha256`. */
function algorithmOf(node: XmlNode): HashAlgorithm | undefined {
  const type = (attributeOf(node, 'type') ?? '').toLowerCase().replace(/^sha(?=\d)/, 'sha-');
  return isHashAlgorithm(type) ? type : undefined;
}

function digestOf(algorithm: HashAlgorithm, node: XmlNode, name: string): string {
  const hex = parseHexDigest(algorithm, textOf(node));
  if (hex === undefined) throw refuse(`${name}: a hash is no ${algorithm}`);
  return hex;
}

function urlsOf(node: XmlNode, { urls, priorityOf }: Dialect): readonly string[] {
  const ranked = urls(node)
    .map(url => ({ url: textOf(url), priority: priorityOf(url) }))
    .filter(({ url }) => isHttpUrl(url))
    .sort((one, other) => (one.priority === other.priority ? 0 : one.priority - other.priority));
  return [...new Set(ranked.map(({ url }) => url))];
}

function wholeNumber(text: string | undefined): number | undefined {
  const number = /^\d{1,16}$/.test(text ?? '') ? Number(text) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}

function refuse(reason: string): VideoError {
  return new VideoError('invalid_metalink', { reason });
}
