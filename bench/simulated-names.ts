/** What simulated peers are called, and what they have. */
const POPULAR_NAMES = 1000;
const POPULAR_PER_PEER = 5;

/** Some of a peer's files others have as well. */
export function nameOf(peer: number, file: number): string {
  return file < POPULAR_PER_PEER ? popularName(peer * 31 + file * 211) : ownName(peer, file);
}

/** Of a file that no other peer has. */
export function ownName(peer: number, file: number): string {
  return `Clase grabada ${peer} parte ${file}.mp4`;
}

export function popularName(number: number): string {
  return `Película que todos tienen ${number % POPULAR_NAMES}.mkv`;
}

/** Each has its own. */
export function addressOf(peer: number): string {
  return `127.${1 + ((peer >> 16) & 0x7f)}.${(peer >> 8) & 0xff}.${peer & 0xff}`;
}

/** One that each peer had from its beginning to its end, and all that several had. */
export function* namesToTry(peers: number): Generator<string, void, undefined> {
  for (let number = 0; number < POPULAR_NAMES; number += 1) yield popularName(number);
  for (let peer = 0; peer < peers; peer += 1) yield ownName(peer, POPULAR_PER_PEER);
}

/** Milliseconds that all processes count alike, and that no clock of the machine can turn back or slow down. */
export function sharedNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
