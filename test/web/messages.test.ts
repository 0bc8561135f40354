import test from 'ava';
import { wireErrors } from '../../lib/protocol/errors.ts';
import { chosenLanguage } from '../../web/languages.ts';
import { en } from '../../web/messages/en.ts';
import { es } from '../../web/messages/es.ts';
import { pt } from '../../web/messages/pt.ts';

/** Never an answer to what the page asks: of requests that only programs make, or that a bug would. */
const UNSEEN = new Set(['invalid_request', 'invalid_manifest', 'forbidden', 'ticket_not_found', 'method_not_allowed', 'node_conflict', 'internal', 'line_full', 'topics_full', 'peer_unknown', 'peers_full']);

test('the three languages say the same things', t => {
  t.deepEqual(keysOf(en), keysOf(es));
  t.deepEqual(keysOf(pt), keysOf(es));
});

test('nothing is left untranslated', t => {
  const same = (other: object) => sentencesOf(other).filter(([key, text]) => text.length > 24 && sentencesOf(es).some(([esKey, esText]) => esKey === key && esText === text)).map(([key]) => key);
  t.deepEqual(same(en), []);
  t.deepEqual(same(pt), []);
});

test('every refusal that a person can meet has a sentence', t => {
  t.deepEqual(Object.keys(wireErrors).filter(code => !UNSEEN.has(code) && !Object.hasOwn(es.errors, code)), []);
});

test('the language is the first of the browser that is spoken here, else Spanish', t => {
  t.deepEqual([['pt-BR', 'en'], ['fr', 'en-GB'], ['de'], []].map(chosenLanguage), ['pt', 'en', 'es', 'es']);
});

function keysOf(messages: object, path = ''): readonly string[] {
  return Object.entries(messages).flatMap(([key, value]) => (typeof value === 'object' ? keysOf(value as object, `${path}${key}.`) : [`${path}${key}: ${typeof value}`]));
}

function sentencesOf(messages: object, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(messages).flatMap(([key, value]: [string, unknown]) => (typeof value === 'object' && value !== null ? sentencesOf(value, `${path}${key}.`) : typeof value === 'string' ? [[`${path}${key}`, value] as const] : []));
}
