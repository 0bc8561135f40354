/** A file of a folder that holds a film as blocks that were made before. */
export interface ReadyBlock {
  readonly name: string;
  readonly number: number;
  /** What all blocks of a film have in common: `NAME_*.mkv`. */
  readonly film: string;
}

/** `NAME_00000.mkv`; not hidden. */
const NAME = /^(?!\.)(?<film>.+)_(?<digits>\d+)(?<extension>\.[^.]+)$/su;

/** The blocks of each film among files, in the order of their numbers, which may lack some; other files are none. */
export function findReadyBlocks(names: readonly string[]): ReadonlyMap<string, readonly ReadyBlock[]> {
  const blocks = names.map(readName).filter(block => block !== undefined);
  const films = [...new Set(blocks.map(({ film }) => film))].toSorted();
  return new Map(films.map(film => [film, blocks.filter(block => block.film === film).toSorted(inOrder)]));
}

function readName(name: string): ReadyBlock | undefined {
  const { film, digits, extension } = NAME.exec(name)?.groups ?? {};
  return film === undefined ? undefined : { name, number: Number(digits), film: `${film}_*${extension}` };
}

/** `_1` and `_01` are two blocks. */
function inOrder(one: ReadyBlock, other: ReadyBlock): number {
  return one.number - other.number || (one.name < other.name ? -1 : 1);
}
