import test from 'ava';
import { formatBytes, formatDuration, formatIsoDuration, formatSpan, hueOf, initialsOf, otherName, shellOperand, shellWord } from '../../web/format.ts';

test('sizes have three digits and the comma of the language', t => {
  t.deepEqual([0, 999, 1024, 1_610_612_736, 250 * 1024 ** 2].map(bytes => formatBytes(bytes, 'es')), ['0 B', '999 B', '1 KiB', '1,5 GiB', '250 MiB']);
  t.is(formatBytes(1_610_612_736, 'en'), '1.5 GiB');
});

test('lengths are read as on a player', t => {
  t.deepEqual([0, 59_499, 65_000, 3_600_000, 36_061_000].map(formatDuration), ['0:00', '0:59', '1:05', '1:00:00', '10:01:01']);
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
