import test from 'ava';
import fc from 'fast-check';
import { foldText, matchesWords, searchWords } from '../../lib/domain/search-text.ts';

test('accents, case and ways of writing a character do not tell texts apart', t => {
  t.is(foldText('CANCIÓN'), foldText('cancio\u0301n'));
  t.is(foldText('Straße'), foldText('STRASSE'));
  t.is(foldText('ΟΔΟΣ'), foldText('οδός'));
  t.is(foldText('ﬁn ２'), 'fin 2');
});

test('words are parted by what is no letter, number or symbol, and each is told once', t => {
  t.deepEqual(searchWords('  mi_video-HD (2).mp4 video\0'), ['mi', 'video', 'hd', '2', 'mp4']);
  t.deepEqual(searchWords(' .-_'), []);
});

test('a name contains every word of itself', t => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), name => matchesWords(name, searchWords(name))));
  t.pass();
});
