import { formatLegacyAnswer, type LegacyAnswer } from '../../protocol/legacy.ts';
import { callBack, type Callback } from './legacy-callback.ts';
import type { Asker } from './legacy-requests.ts';

/** Calls back who asked to join, to say whether it is in. */
export class LegacyAnswers implements Disposable {
  readonly #clientPort: number;
  readonly #patienceMs: number;
  /** Until the client closes the connection. */
  readonly #calls = new Set<Callback>();

  constructor(clientPort: number, patienceMs: number) {
    this.#clientPort = clientPort;
    this.#patienceMs = patienceMs;
  }

  /** False when the client could not be told in time; it never rejects. */
  tell({ ip, reachedIp }: Asker, answer: LegacyAnswer): Promise<boolean> {
    const call = callBack({ ip, port: this.#clientPort, from: reachedIp }, Buffer.from(formatLegacyAnswer(answer), 'latin1'));
    const timer = setTimeout(() => end(call), this.#patienceMs);
    this.#calls.add(call);
    call.socket.once('close', () => {
      clearTimeout(timer);
      this.#calls.delete(call);
    });
    return call.sent;
  }

  [Symbol.dispose](): void {
    for (const call of this.#calls) end(call);
  }
}

/** Two bytes that were sent are with the client, or will be, whether it closes or not. */
function end(call: Callback): void {
  call.cancel();
  call.socket.destroy();
}
