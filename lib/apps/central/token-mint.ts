import pLimit from 'p-limit';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { FileId } from '../../domain/file.ts';
import type { Role } from '../../domain/roles.ts';
import type { OpenedSession } from '../../domain/sessions.ts';
import { isRotationDue, signingKey, withNewKey, type DatedKey } from '../../domain/token-keys.ts';
import { claimsNow } from '../../domain/tokens.ts';
import type { Signer } from '../../protocol/jwt.ts';
import { limits } from '../../protocol/limits.ts';
import { signSession } from '../../protocol/session-token.ts';
import { signerOf, signToken, type PrivateTokenKey, type PublicTokenKey } from '../../protocol/token.ts';

export interface TokenMintPorts<Key> {
  readonly load: () => Promise<readonly Key[]>;
  /** Durable when it resolves. */
  readonly save: (keys: readonly Key[]) => Promise<void>;
  readonly makeKey: (dateMs: number) => Key;
  readonly clock: Clock;
  readonly log: Log;
}

const times = { lifetimeMs: limits.tokenLifetimeMs, renewMs: limits.tokenRenewMs };

/**
 * Gives the tokens with which somebody is let read, one file or, in a session, all. Two keys live at once: what the last
 * one signed is still good when a new one is made, and what two have followed is not.
 */
export class TokenMint<Key extends PrivateTokenKey & DatedKey = PrivateTokenKey & DatedKey> {
  readonly #ports: TokenMintPorts<Key>;
  /** Of two that change the keys the later one sees what the earlier one did. */
  readonly #inTurn = pLimit(1);
  #keys: readonly Key[];
  #signer: Signer | undefined;

  private constructor(keys: readonly Key[], ports: TokenMintPorts<Key>) {
    this.#keys = keys;
    this.#ports = ports;
  }

  /** With the keys of earlier runs, or a first one. @throws VideoError of the disk */
  static async open<Key extends PrivateTokenKey & DatedKey>(ports: TokenMintPorts<Key>): Promise<TokenMint<Key>> {
    const mint = new TokenMint(await ports.load(), ports);
    if (mint.#keys.length === 0) await mint.rotate();
    return mint;
  }

  /** What nodes verify with. */
  get publicKeys(): PublicTokenKey[] {
    return this.#keys.map(({ kid, publicKey }) => ({ kid, publicKey }));
  }

  /** For one file and one method; `GET` covers `HEAD`. */
  tokenFor(fileId: FileId, method = 'GET'): string {
    const dateMs = this.#ports.clock.date();
    return signToken(claimsNow({ fileId, method }, dateMs, times), this.#signerAt(dateMs));
  }

  /** For who proved that role. */
  sessionFor(role: Role): OpenedSession {
    const dateMs = this.#ports.clock.date();
    const claims = claimsNow({ role }, dateMs, times);
    return { token: signSession(claims, this.#signerAt(dateMs)), claims, renewInMs: times.renewMs };
  }

  /** Makes a new key, which signs as soon as the nodes have had time to hear of it. Tells its name. */
  rotate(): Promise<string> {
    return this.#inTurn(() => this.#addKey());
  }

  /** Takes up the keys that another central of the same store made, and makes the next one when nobody did. */
  rotateWhenDue(everyMs: number): Promise<void> {
    return this.#inTurn(async () => {
      const kept = await this.#ports.load();
      if (kept.length > 0) this.#keys = kept;
      if (isRotationDue(this.#keys, this.#ports.clock.date(), everyMs)) await this.#addKey();
    });
  }

  async #addKey(): Promise<string> {
    const { save, makeKey, clock, log } = this.#ports;
    const key = makeKey(clock.date());
    const keys = withNewKey(this.#keys, key);
    await save(keys);
    this.#keys = keys;
    // The first one is no change for anybody.
    log[keys.length > 1 ? 'info' : 'debug']('key.made', { kid: key.kid });
    return key.kid;
  }

  #signerAt(dateMs: number): Signer {
    const key = signingKey(this.#keys, dateMs, limits.tokenKeySettleMs);
    if (this.#signer?.kid !== key.kid) this.#signer = signerOf(key);
    return this.#signer;
  }
}
