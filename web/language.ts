import { chosenLanguage, isLanguage, type Language } from './languages.ts';
import type { Messages } from './messages/es.ts';
import { createStore, useStore } from './store.ts';

const KEY = 'idioma';

const loaders: { readonly [L in Language]: () => Promise<Messages> } = {
  es: async () => (await import('./messages/es.ts')).es,
  pt: async () => (await import('./messages/pt.ts')).pt,
  en: async () => (await import('./messages/en.ts')).en,
};

interface Speech {
  readonly language: Language;
  readonly text: Messages;
}

const speech = createStore<Speech | undefined>(undefined);

/** What was chosen here before, else what the browser is set to. */
export function chooseLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  return kept !== null && isLanguage(kept) ? kept : chosenLanguage(navigator.languages);
}

export async function loadLanguage(language: Language): Promise<void> {
  const text = await loaders[language]();
  document.documentElement.lang = language;
  speech.set({ language, text });
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language);
  await loadLanguage(language);
}

/** The sentences of now; they are loaded before anything is drawn. */
export function useSpeech(): Speech {
  return useStore(speech)!;
}

export function textNow(): Messages {
  return speech.get()!.text;
}
