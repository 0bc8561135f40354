import test from 'ava';
import type { ErrorCode } from '../../lib/base/errors.ts';
import { VideoError } from '../../lib/base/errors.ts';
import type { EventFields, EventName } from '../../lib/base/events.ts';
import { LANGUAGES, languageOf, messagesIn } from '../../lib/base/messages/index.ts';
import { errorSentence, eventSentence } from '../../lib/base/messages/sentence.ts';

/** Any fact that a sentence may ask for: lists for what is listed, a number or a text for the rest. */
const LISTS = new Set(['addresses', 'allowed', 'codecs', 'failed', 'films', 'near', 'nodes', 'peers', 'sources']);
const NUMBERS = new Set(['port', 'status', 'silentMs', 'afterMs', 'forMs', 'part', 'number', 'added', 'removed', 'position', 'sizeBytes', 'elapsedMs', 'start', 'end', 'bytes', 'parts', 'copies', 'manifests']);
const anyFacts = new Proxy(
  {},
  {
    get(_target, key) {
      if (key === 'what') return 'route';
      if (key === 'reason') return 'empty';
      if (key === 'role') return 'node';
      if (key === 'problem') return 'key';
      if (key === 'obstacle') return 'codec';
      if (LISTS.has(String(key))) return [7];
      return NUMBERS.has(String(key)) ? 7 : `<${String(key)}>`;
    },
  },
);

for (const language of LANGUAGES) {
  const messages = messagesIn(language);

  test(`every error has a sentence in ${language}`, t => {
    for (const code of Object.keys(messages.errors) as ErrorCode[]) {
      const sentence = errorSentence(messages, new VideoError(code, anyFacts as never));
      t.regex(sentence, /^.+[.?!]$/, code);
      t.notRegex(sentence, /undefined|NaN|\[object/, code);
    }
  });

  test(`every event has a sentence in ${language}`, t => {
    for (const event of Object.keys(messages.events) as EventName[]) {
      const sentence = eventSentence(messages, event, anyFacts as EventFields[EventName] as never);
      t.regex(sentence, /^.+[.…?!)]$/, event);
      t.notRegex(sentence, /undefined|NaN|\[object/, event);
    }
  });
}

test('the languages have the same sentences', t => {
  for (const section of ['errors', 'events'] as const) {
    const [first, ...others] = LANGUAGES.map(language => Object.keys(messagesIn(language)[section]).sort());
    for (const keys of others) t.deepEqual(keys, first);
  }
});

test('what a name hides is shown and not obeyed', t => {
  const sentence = errorSentence(messagesIn('en'), new VideoError('file_not_found', { name: 'a\x1b[31m\nb\u202ec', near: [] }));
  t.true(sentence.includes('a\\u{1b}[31m\\u{a}b\\u{202e}c'));
});

test('the language is LC_ALL, then LC_MESSAGES, then LANG, then Spanish', t => {
  t.is(languageOf({ LC_ALL: 'pt_BR.UTF-8', LANG: 'en_US' }), 'pt');
  t.is(languageOf({ LC_ALL: '', LANG: 'en_US.UTF-8' }), 'en');
  t.is(languageOf({ LANG: 'C.UTF-8' }), 'es');
  t.is(languageOf({}), 'es');
});
