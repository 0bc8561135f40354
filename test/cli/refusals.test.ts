import test from 'ava';
import pLimit from 'p-limit';
import { LANGUAGES, type Language } from '../../lib/base/messages/index.ts';
import { runProgram, type ProgramName } from '../helpers/programs.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** AVA begins every test at once; a machine has few processors. */
const inTurn = pLimit(2);

const cannotBe: Readonly<Record<Language, string>> = { es: 'no puede valer', pt: 'não pode valer', en: 'cannot be' };

/** Values of a flag that are none, by program. */
const wrongValues: readonly (readonly [ProgramName, flag: string, value: string, ...others: string[]])[] = [
  ['videocentral', '--puerto', '65536'],
  ['videocentral', '--replicas', '2.5'],
  ['videocentral', '--max-descargas', 'muchas'],
  ['videosecundario', '--puerto', '50000 + 99999', '--numero', '99999'],
  ['videocliente', '--limite', 'rápido', 'listar'],
  ['videocliente', '--nombre', 'n'.repeat(101), 'listar'],
  ['videocliente', '--nivel', 'todo', 'listar'],
];

for (const [program, flag, value, ...others] of wrongValues) {
  for (const language of LANGUAGES) {
    test(`${program} refuses ${flag} ${value.slice(0, 20)} in one line of ${language}`, async t => {
      // The port of a secondary is worked out from its number.
      const typed = value.includes('+') ? [] : [flag, value];
      const { status, stdout, stderr } = await run(t, program, [...typed, ...others, '--idioma', language]);
      t.is(status, 2, stderr);
      t.is(stdout, '');
      t.regex(stderr, /^[^\n]+\n$/);
      t.true(stderr.startsWith(`${program}: ${flag} ${cannotBe[language]} `), stderr);
      t.true(stderr.includes(value), stderr);
      t.notRegex(stderr, /undefined|\[object/);
    });
  }
}

const wrongUses: readonly (readonly [ProgramName, ...string[]])[] = [
  ['videocentral', 'listar'],
  ['videosecundario', '--numero', '1', '--directoro', 'x'],
  ['videocliente', 'descargar'],
  ['videocliente', 'listra'],
];

test('a wrong use is refused in one line, another one in each language', async t => {
  for (const [program, ...args] of wrongUses) {
    const sentences = await Promise.all(
      LANGUAGES.map(async language => {
        const { status, stdout, stderr } = await run(t, program, [...args, '--idioma', language]);
        t.is(status, 2, stderr);
        t.is(stdout, '');
        t.regex(stderr, new RegExp(`^${program}: [^\\n]+\\n$`));
        t.notRegex(stderr, /undefined|\[object/);
        return stderr;
      }),
    );
    t.is(new Set(sentences).size, LANGUAGES.length, sentences.join(''));
  }
});

async function run(t: Parameters<typeof temporaryDirectory>[0], program: ProgramName, args: readonly string[]) {
  const cwd = await temporaryDirectory(t);
  return inTurn(() => runProgram(t, program, args, { cwd }));
}
