import { openSession } from './session.ts';
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

/** For as long as the tab is open. */
export const secretStore = createStore(sessionStorage.getItem(KEY) ?? undefined);

let asking: Promise<boolean> | undefined;

export function keptSecret(): string | undefined {
  return secretStore.get();
}

/** With the one of an earlier load of this tab the browser's session goes on. */
export function resumeSession(): void {
  const secret = keptSecret();
  if (secret !== undefined) void openSession(secret);
}

/** Nobody in this tab has one any more. */
export function forgetSecret(): void {
  sessionStorage.removeItem(KEY);
  secretStore.set(undefined);
}

/** Resolves with whether there is another one now. Several who ask at once ask one question. */
export function askForSecret({ isWrong, role }: Pick<SecretQuestion, 'isWrong' | 'role'>): Promise<boolean> {
  asking ??= new Promise<boolean>(resolve => {
    secretQuestion.set({
      isWrong,
      role,
      answer(secret) {
        secretQuestion.set(undefined);
        void keep(secret).then(() => {
          asking = undefined;
          resolve(secret !== undefined);
        });
      },
    });
  });
  return asking;
}

/** What is shown next is asked for with a session. */
async function keep(secret: string | undefined): Promise<void> {
  if (secret === undefined) return;
  sessionStorage.setItem(KEY, secret);
  secretStore.set(secret);
  await openSession(secret);
}
