import readline from 'node:readline';
import type { LineInput } from './input-lines.ts';
import type { Screen } from './screen.ts';

/** What is asked on the keyboard before a program begins. */
export interface Questions extends Disposable {
  /**
   * The line that answers, without the spaces around it; empty at the end of the input. A pipe answers without being
   * asked. Rejects with the signal's reason.
   */
  ask(question: string): Promise<string>;
}

export interface QuestionsOptions {
  readonly input: LineInput;
  readonly screen: Pick<Screen, 'isTerminal'>;
  /** Ctrl-C in a terminal, which is no signal while lines are being edited. */
  onInterrupt(): void;
  readonly signal: AbortSignal;
}

/** Lines that a pipe brings beyond the answers are lost when it is disposed of. */
export function openQuestions({ input, screen, onInterrupt, signal }: QuestionsOptions): Questions {
  const isEdited = input.isTTY === true && screen.isTerminal;
  const editor = readline.createInterface({ input, ...(isEdited && { output: process.stdout }), terminal: isEdited, historySize: 0 });
  const lines = editor[Symbol.asyncIterator]();
  const close = () => editor.close();
  editor.on('SIGINT', onInterrupt);
  signal.addEventListener('abort', close, { once: true });
  return {
    async ask(question) {
      signal.throwIfAborted();
      if (isEdited) {
        editor.setPrompt(question);
        editor.prompt();
      }
      const { value, done } = await lines.next();
      // What follows begins a line.
      if (done && isEdited) process.stdout.write('\n');
      signal.throwIfAborted();
      return done ? '' : value.trim();
    },
    [Symbol.dispose]() {
      signal.removeEventListener('abort', close);
      close();
    },
  };
}
