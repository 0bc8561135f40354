import test from 'ava';
import { formatIsoDuration, formatSpan, hueOf, initialsOf, otherName, shellOperand, shellWord } from '../../web/format.ts';

test('lengths are told to machines in seconds', t => {
  t.is(formatIsoDuration(65_000), 'PT65S');
});

test('spans are told in the unit that fits', t => {
  t.deepEqual([-5, 12_000, 240_000, 7_200_000, 604_800_000].map(ms => formatSpan(ms, 'en')), ['0 sec', '12 sec', '4 min', '2 hr', '7 days']);
});

test('a video without a picture has initials and a colour of its own', t => {
  t.deepEqual(['El faro de la niña.mp4', '¡ñandú!', '12 – Redes.mkv', '…'].map(initialsOf), ['EF', 'Ñ', '1R', '?']);
  t.is(hueOf('00ff'.padEnd(64, '0')), 255);
});

test('a command can be pasted into a shell whatever the name has', t => {
  t.is(shellWord('film.mp4'), 'film.mp4');
  t.is(shellWord("El faro d'en Joan $HOME.mp4"), String.raw`'El faro d'\''en Joan $HOME.mp4'`);
  t.deepEqual(['film.mp4', '-o film.mp4'].map(shellOperand), ['film.mp4', "-- '-o film.mp4'"]);
});

test('another name keeps what the file is', t => {
  t.deepEqual(['film.mp4', 'film (2).mp4', 'sin punto', 'a.tar.gz'].map(otherName), ['film (2).mp4', 'film (3).mp4', 'sin punto (2)', 'a.tar (2).gz']);
});
