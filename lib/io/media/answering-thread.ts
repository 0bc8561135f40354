import { Worker, type WorkerOptions } from 'node:worker_threads';

export interface AskOptions {
  readonly patienceMs: number;
  readonly signal?: AbortSignal;
  /** Memory that is the thread's from then on. */
  readonly moved?: readonly ArrayBuffer[];
}

/**
 * A thread that gives one answer to each question, one after another. It starts with the first; one that dies, or takes too long, is ended, and the question
 * after that starts another.
 */
export class AnsweringThread<Question, Answer extends object> implements AsyncDisposable {
  readonly #script: URL;
  readonly #options: WorkerOptions;
  #worker: Worker | undefined;
  #isLost = false;

  /** @param script beside the program, as threads are */
  constructor(script: URL, options: WorkerOptions = {}) {
    this.#script = script;
    this.#options = options;
  }

  /** Undefined when there is none: because the thread died, now or since it was asked last, because it took too long, or because the signal said so. */
  async ask(question: Question, options: AskOptions): Promise<Answer | undefined> {
    this.#worker ??= this.#start();
    const answer = this.#isLost ? undefined : await answerOf<Answer>(this.#worker, question, options);
    if (!answer) await this[Symbol.asyncDispose]();
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    this.#isLost = false;
    const worker = new Worker(this.#script, this.#options);
    const lose = () => {
      if (this.#worker === worker) this.#isLost = true;
    };
    return worker.on('error', lose).on('exit', lose);
  }
}

function answerOf<Answer>(worker: Worker, question: unknown, { patienceMs, signal, moved = [] }: AskOptions): Promise<Answer | undefined> {
  return new Promise(resolve => {
    const settle = (answer?: Answer) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      worker.off('message', settle).off('error', giveUp).off('exit', giveUp);
      resolve(answer);
    };
    const giveUp = () => settle();
    // An answer that came while this thread was busy counts: it is heard before.
    const timer = setTimeout(() => void setImmediate(giveUp), patienceMs);
    signal?.addEventListener('abort', giveUp, { once: true });
    worker.on('message', settle).on('error', giveUp).on('exit', giveUp);
    worker.postMessage(question, moved);
  });
}
