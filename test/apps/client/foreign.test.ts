import test from 'ava';
import { systemClock } from '../../../lib/base/clock.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { silentLog } from '../../../lib/base/log.ts';
import { filesOf, type ForeignFilesPorts } from '../../../lib/apps/client/foreign/files.ts';
import { prepared } from '../../../lib/apps/client/foreign/prepare.ts';
import { surveyMirrors, type SurveyOptions } from '../../../lib/apps/client/foreign/survey.ts';
import type { MirrorFacts } from '../../../lib/domain/download/mirror.ts';
import { formatMetalink } from '../../../lib/protocol/metalink.ts';
import { manifestOf } from '../../helpers/manifests.ts';

const facts: MirrorFacts = {
  finalUrl: 'http://a.example/dir/faro.mp4',
  sizeBytes: 1000,
  acceptsRanges: true,
  validator: { etag: '"one"' },
  name: undefined,
  checksums: [],
  duplicates: [],
  metalinkUrl: undefined,
  isMetalink: false,
};
const never = new AbortController().signal;
const A = 'http://a.example/dir/faro.mp4';
const B = 'http://b.example/faro.mp4';
const C = 'http://c.example/faro.mp4';
const gone = new VideoError('source_refused', { source: 'x', status: 404 });
const away = new VideoError('source_unreachable', { source: 'x', reason: 'ECONNREFUSED' });

type Answers = Readonly<Record<string, MirrorFacts | VideoError | 'silence'>>;

function probeFrom(answers: Answers): SurveyOptions['probe'] {
  return async (url, { signal }) => {
    const answer = answers[url]!;
    if (answer instanceof Error) throw answer;
    if (answer !== 'silence') return answer;
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  };
}

function survey(answers: Answers, options: Partial<SurveyOptions> = {}) {
  const failures: string[] = [];
  const asking = surveyMirrors(Object.keys(answers), {
    probe: probeFrom(answers),
    clock: systemClock,
    graceMs: 0,
    onFailure: source => failures.push(source),
    signal: never,
    ...options,
  });
  return { asking, failures };
}

test('mirrors that answer, those that may yet, and those that never will', async t => {
  const { asking, failures } = survey({ [A]: 'silence', [B]: facts, [C]: gone, 'http://d.example/': away });
  const { answered, undecided } = await asking;
  t.deepEqual(answered.map(({ url }) => url), [B]);
  t.deepEqual(undecided, [A, 'http://d.example/']);
  t.deepEqual(failures, ['c.example:80', 'd.example:80']);
});

test('when no mirror answers, the first one says why', async t => {
  t.is(await t.throwsAsync(survey({ [A]: away, [B]: gone }).asking), away);
});

test('a mirror of another size, or of none, is of no use', async t => {
  const { asking } = survey({ [A]: { ...facts, sizeBytes: 7 }, [B]: { ...facts, sizeBytes: undefined }, [C]: facts }, { sizeBytes: 1000 });
  const { answered, undecided } = await asking;
  t.deepEqual(answered.map(({ url }) => url), [C]);
  t.deepEqual(undecided, []);
});

test('a cancelled survey ends with the reason', async t => {
  const stop = new AbortController();
  const { asking } = survey({ [A]: 'silence' }, { signal: stop.signal });
  const reason = new Error('enough');
  stop.abort(reason);
  t.is(await t.throwsAsync(asking), reason);
});

test('ranges are joined only where something tells versions apart', t => {
  const answered = [{ url: A, facts: { ...facts, validator: {} }, sizeBytes: 1000 }] as const;
  const known = { urls: [A], checksums: [] };
  t.false(prepared(known, { answered, undecided: [] }).hasRanges);
  t.true(prepared({ ...known, checksums: [{ algorithm: 'md5', hex: '0'.repeat(32) }] }, { answered, undecided: [] }).hasRanges);
});

test('where ranges are answered, mirrors without them are left out, and one host may have several', t => {
  const other = 'http://a.example/copy/faro.mp4';
  const answered = [
    { url: C, facts: { ...facts, acceptsRanges: false }, sizeBytes: 1000 },
    { url: A, facts, sizeBytes: 1000 },
    { url: other, facts, sizeBytes: 1000 },
  ] as const;
  const { mirrors, hasRanges } = prepared({ urls: [C, A, B, other], checksums: [] }, { answered, undecided: [B] });
  t.true(hasRanges);
  t.deepEqual(mirrors.map(({ id }) => id), ['a.example:80', 'b.example:80', 'a.example:80#2']);
});

test('the same version has the same id in two runs, another version another, and a stream one of its own', t => {
  const idOf = (told: Partial<MirrorFacts>) =>
    prepared({ urls: [A], checksums: [] }, { answered: [{ url: A, facts: { ...facts, ...told }, sizeBytes: 1000 }], undecided: [] }).plan.id;
  t.is(idOf({}), idOf({}));
  t.not(idOf({}), idOf({ validator: { etag: '"two"' } }));
  t.not(idOf({ acceptsRanges: false }), idOf({ acceptsRanges: false }));
});

function ports(answers: Answers, metalinks: Readonly<Record<string, string>>): ForeignFilesPorts {
  const read = async (place: string) => {
    const text = metalinks[place];
    if (text === undefined) throw gone;
    return text;
  };
  return { probe: probeFrom(answers), clock: systemClock, log: silentLog, fetchMetalink: read, readMetalink: read };
}

const manifest = manifestOf(Buffer.alloc(1000, 5), 'faro.mp4');
const checksums = [{ algorithm: 'sha-256', hex: manifest.sha256 }] as const;

test('mirrors that an answer names are used only when a checksum can tell right from wrong', async t => {
  const mirrorsOf = async (told: Partial<MirrorFacts>) => {
    const [file] = await filesOf({ type: 'urls', urls: [A] }, ports({ [A]: { ...facts, duplicates: [B, A], ...told } }, {}), never);
    return (await file!.prepare(never)).mirrors.map(({ url }) => url);
  };
  t.deepEqual(await mirrorsOf({}), [A]);
  t.deepEqual(await mirrorsOf({ checksums }), [A, B]);
});

test('a metalink that an answer names adds its pieces, unless it contradicts the answer or cannot be had', async t => {
  const metalinkUrl = 'http://a.example/faro.meta4';
  const planWith = async (told: Partial<MirrorFacts>, text?: string) => {
    const answers = { [A]: { ...facts, metalinkUrl, ...told } };
    const [file] = await filesOf({ type: 'urls', urls: [A] }, ports(answers, text === undefined ? {} : { [metalinkUrl]: text }), never);
    return (await file!.prepare(never)).plan;
  };
  const text = formatMetalink(manifest, [B]);
  t.deepEqual((await planWith({}, text)).partHashes, manifest.partHashes);
  t.deepEqual((await planWith({ checksums: [{ algorithm: 'sha-256', hex: '1'.repeat(64) }] }, text)).partHashes, [undefined]);
  t.deepEqual((await planWith({ sizeBytes: 999 }, text)).partHashes, [undefined]);
  t.deepEqual((await planWith({}, '<html/>')).partHashes, [undefined]);
  t.deepEqual((await planWith({})).partHashes, [undefined]);
});

test('an address that answers with a metalink is one, whatever its name', async t => {
  const files = await filesOf({ type: 'urls', urls: [A] }, ports({ [A]: { ...facts, isMetalink: true } }, { [A]: formatMetalink(manifest, [B]) }), never);
  t.deepEqual(files.map(({ name }) => name), ['faro.mp4']);
});

test('a file of a metalink that nobody serves over HTTP says so when its turn comes', async t => {
  const [file] = await filesOf({ type: 'metalink', path: 'x.meta4' }, ports({}, { 'x.meta4': formatMetalink(manifest, []) }), never);
  await t.throwsAsync(file!.prepare(never), { code: 'invalid_metalink' } as object);
});
