import { En } from 'media-chrome/lang/en.js';
import { Es } from 'media-chrome/lang/es.js';
import { Pt } from 'media-chrome/lang/pt.js';
import { addTranslation, setLanguage } from 'media-chrome/utils/i18n.js';
import type { useSpeech } from '../language.ts';

const dictionaries = { es: Es, pt: Pt, en: En };

/** Has the controls of players speak as the page does. */
export function speakTo({ language, text }: Pick<ReturnType<typeof useSpeech>, 'language' | 'text'>): void {
  // What is heard has to have what is seen in it, `1x`.
  addTranslation(language, { ...dictionaries[language], 'Playback rate {playbackRate}': text.watch.playbackRate });
  setLanguage(language);
}
