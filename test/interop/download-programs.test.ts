import anyTest, { type TestFn } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { runForeign, testWith } from '../helpers/installed-program.ts';
import { withInteropSite, type InteropContext } from '../helpers/interop-site.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const test = anyTest as TestFn<InteropContext>;
withInteropSite(test);

testWith(test.serial, 'wget2', 'fetches what a metalink describes', async t => {
  await t.context.site.fetchWith(t, 'wget2', ['--quiet', '--metalink', t.context.site.url('.meta4')]);
});

testWith(test.serial, 'wget2', 'fetches what the metalink of one secondary describes', async t => {
  await t.context.site.fetchWith(t, 'wget2', ['--quiet', '--metalink', `${t.context.site.mirrors[0]}.meta4`]);
});

testWith(test.serial, 'wget2', 'follows the central to a secondary', async t => {
  await t.context.site.fetchWith(t, 'wget2', ['--quiet', t.context.site.url()]);
});

testWith(test.serial, 'axel', 'fetches from several secondaries at once', async t => {
  await t.context.site.fetchWith(t, 'axel', ['--quiet', '--num-connections=6', '--output=faro.mp4', ...t.context.site.mirrors], { as: 'faro.mp4' });
});

testWith(test.serial, 'axel', 'follows the central to a secondary', async t => {
  await t.context.site.fetchWith(t, 'axel', ['--quiet', '--output=faro.mp4', t.context.site.url()], { as: 'faro.mp4' });
});

testWith(test.serial, 'lftp', 'fetches three ranges at once', async t => {
  await t.context.site.fetchWith(t, 'lftp', ['-c', `pget -n 3 "${t.context.site.mirrors[1]}" -o faro.mp4`], { as: 'faro.mp4' });
});

const CURL = ['--silent', '--fail', '--location'];

testWith(test.serial, 'curl', 'goes on with what it has', async t => {
  const { site } = t.context;
  const cwd = await temporaryDirectory(t);
  const start = await runForeign(t, 'curl', [...CURL, '--range', `0-${10 * MIB}`, '--output', 'faro.mp4', site.url()], { cwd });
  t.is(start.status, 0, start.output);
  await site.fetchWith(t, 'curl', [...CURL, '--continue-at', '-', '--output', 'faro.mp4', site.url()], { as: 'faro.mp4', cwd });
});

testWith(test.serial, 'curl', 'names the file as the catalogue does, as far as ASCII goes', async t => {
  const { site } = t.context;
  await site.fetchWith(t, 'curl', [...CURL, '--remote-name', '--remote-header-name', site.mirrors[2]!], { as: 'El faro de la ni_a, 100_.mp4' });
});
