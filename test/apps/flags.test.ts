import test from 'ava';
import * as fc from 'fast-check';
import { commonFlags, parseFlags, portValue, typedName, type FlagTable } from '../../lib/apps/flags.ts';
import { messagesIn } from '../../lib/base/messages/index.ts';

const messages = messagesIn('es');
const help = () => '';
const table = {
  ...commonFlags,
  numero: { kind: 'integer', placeholder: 'N', min: 1, max: Number.MAX_SAFE_INTEGER, isRequired: true, help },
  puerto: { ...portValue, default: 50_000, help },
  ipCentral: { kind: 'text', placeholder: 'IP', help },
} as const satisfies FlagTable;

const parse = (raw: Record<string, unknown>) => parseFlags(table, { numero: '1', ...raw }, messages);

test('flags that nobody typed have their default, or nothing', t => {
  t.deepEqual(parse({}), {
    idioma: undefined,
    json: false,
    estadisticas: './stats',
    nivel: 'info',
    help: false,
    version: false,
    numero: 1,
    puerto: 50_000,
    ipCentral: undefined,
  });
});

test('any integer within its limits is taken as it is', t => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 65_535 }), port => t.is(parse({ puerto: String(port) }).puerto, port)));
});

for (const wrong of ['65536', '-1', '1.5', 'abc', '0x10', '1e3', ' 1', '99999999999999999999', '١']) {
  test(`«${wrong}» is no port`, t => {
    t.throws(() => parse({ puerto: wrong }), { code: 'invalid_flag' } as object);
  });
}

test('an integer beyond what is exact is refused', t => {
  t.throws(() => parse({ numero: '9007199254740993' }), { code: 'invalid_flag' } as object);
});

test('a required flag, a value that is missing and a flag that does not exist are wrong usage', t => {
  for (const raw of [{ numero: undefined }, { puerto: '' }, { inventada: true }, { ipCentral: false }]) {
    t.throws(() => parse(raw), { code: 'usage' } as object);
  }
  t.throws(() => parse({ ipCentrla: 'x' }), { message: /--ip-central\?/ });
});

test('flags are typed in kebab case', t => {
  t.is(typedName('puertoCentral'), '--puerto-central');
  t.is(typedName('z'), '-z');
});
