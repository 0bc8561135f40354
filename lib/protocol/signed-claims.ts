import type { KeyObject } from 'node:crypto';
import type { TokenProblem } from '../domain/tokens.ts';
import { verifyingKeyOf, type PublicTokenKey } from './token.ts';

/** Whoever downloads or plays asks again and again with the same token: its signature is looked at once. */
const REMEMBERED_TOKENS = 256;

/** Reads what the keys that were published last have signed; without keys, nothing. */
export class SignedClaims<Claims extends object> {
  readonly #readAnew: (token: string, keys: ReadonlyMap<string, KeyObject>) => Claims | TokenProblem;
  #published = '';
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  readonly #read = new Map<string, Claims>();

  constructor(read: (token: string, keys: ReadonlyMap<string, KeyObject>) => Claims | TokenProblem) {
    this.#readAnew = read;
  }

  /**
   * The keys of now; what the ones that are gone have signed holds no more. True when that is news. Throws an `Error` when
   * one is no key.
   */
  take(keys: readonly PublicTokenKey[]): boolean {
    const published = JSON.stringify(keys.map(({ kid, publicKey }) => [kid, publicKey]));
    if (published === this.#published) return false;
    this.#keys = new Map(keys.map(key => [key.kid, verifyingKeyOf(key)]));
    this.#published = published;
    this.#read.clear();
    return true;
  }

  /** What the token says, whether or not it holds now, or what is wrong with it. */
  read(token: string): Claims | TokenProblem {
    const claims = this.#read.get(token) ?? this.#readAnew(token, this.#keys);
    if (typeof claims === 'string') return claims;
    this.#read.set(token, claims);
    if (this.#read.size > REMEMBERED_TOKENS) this.#read.delete(this.#read.keys().next().value!);
    return claims;
  }
}
