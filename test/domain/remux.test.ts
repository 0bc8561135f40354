import test from 'ava';
import { chooseTracks, mayBeRemuxed, type FilmTrack } from '../../lib/domain/remux.ts';

const video = (codec: string): FilmTrack => ({ kind: 'video', codec });
const audio = (codec: string): FilmTrack => ({ kind: 'audio', codec });

test('one picture and one sound are carried, the first that browsers play', t => {
  t.deepEqual(chooseTracks([audio('ac3'), audio('aac'), audio('opus'), video('V_MJPEG'), video('hevc')]), { carried: [video('hevc'), audio('aac')] });
  t.deepEqual(chooseTracks([video('av1')]), { carried: [video('av1')] });
  t.deepEqual(chooseTracks([audio('mp3')]), { carried: [audio('mp3')] });
  t.deepEqual(chooseTracks([]), { carried: [] });
});

test('a film is not shown without its picture, nor without its sound', t => {
  t.deepEqual(chooseTracks([video('V_MPEG2'), audio('aac')]), { lacking: ['V_MPEG2'] });
  t.deepEqual(chooseTracks([video('avc'), audio('ac3'), audio('dts'), audio('ac3')]), { lacking: ['ac3', 'dts'] });
});

test('only what may be a film of a kind that is read is asked for', t => {
  for (const type of ['video/x-matroska', 'video/webm', 'video/MP2T', 'video/quicktime']) t.true(mayBeRemuxed(type), type);
  for (const type of ['video/x-msvideo', 'audio/mpeg', 'application/octet-stream', undefined]) t.false(mayBeRemuxed(type), type);
});
