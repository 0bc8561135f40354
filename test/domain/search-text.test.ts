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

test('each word is in the name or in the title, and none is in both halves of two', t => {
  const video = { name: 'vid_0034.mp4', title: 'El Faro al otro lado' };
  for (const text of ['faro', 'FÁRO vid', 'lado 34 aro', '']) t.true(matchesWords(video, searchWords(text)), text);
  for (const text of ['faro mar', 'mp4el', 'mp4 \nmar']) t.false(matchesWords(video, searchWords(text)), text);
  t.false(matchesWords({ name: video.name, title: undefined }, searchWords('faro')));
});

test('a name contains every word of itself', t => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), name => matchesWords({ name }, searchWords(name))));
  t.pass();
});
