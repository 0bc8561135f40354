import { createStore } from './store.ts';

const KEY = 'secreto';

export interface SecretQuestion {
  /** One was given, and it was no good. */
  readonly isWrong: boolean;
  /** Whose secret it has to be, when that one is another's. */
  readonly role: string | undefined;
  /** Undefined when nobody wants to tell. */
  answer(secret: string | undefined): void;
}

/** What waits for a person. */
export const secretQuestion = createStore<SecretQuestion | undefined>(undefined);

let asking: Promise<boolean> | undefined;

/** For as long as the tab is open. */
export function keptSecret(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** Resolves with whether there is another one now. Several who ask at once ask one question. */
export function askForSecret({ isWrong, role }: Pick<SecretQuestion, 'isWrong' | 'role'>): Promise<boolean> {
  asking ??= new Promise<boolean>(resolve => {
    secretQuestion.set({
      isWrong,
      role,
      answer(secret) {
        secretQuestion.set(undefined);
        asking = undefined;
        if (secret !== undefined) sessionStorage.setItem(KEY, secret);
        resolve(secret !== undefined);
      },
    });
  });
  return asking;
}
