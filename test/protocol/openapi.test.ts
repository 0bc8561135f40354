import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import anyTest, { type TestFn } from 'ava';
import { silentLog } from '../../lib/base/log.ts';
import { MIB } from '../../lib/base/units.ts';
import { roles } from '../../lib/domain/roles.ts';
import { startControlServer } from '../../lib/io/http/control-server.ts';
import { ALIASES } from '../../lib/protocol/control-routes.ts';
import { wireErrors } from '../../lib/protocol/errors.ts';
import { plainAccess, routeAt } from '../../lib/protocol/roles.ts';
import { VERSION } from '../../lib/protocol/version.ts';
import { operationsOf, routerThat } from '../helpers/control-router.ts';
import { isContracted, operationsIn, operationsTable, type ApiDocument } from '../helpers/operations-table.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const test = anyTest as TestFn<{ readonly document: ApiDocument }>;

test.before('a central tells its contract', async t => {
  await using server = await startControlServer({ ip: '127.0.0.1', port: 0 }, routerThat(() => ({})), { log: silentLog });
  t.context = { document: (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument };
});

test('the table of docs/protocol.md is the contract', t => {
  const page = readFileSync('docs/protocol.md', 'utf8');
  const shown = /^\| operation \|.*?(?=\n\n)/ms.exec(page)?.[0];
  const table = operationsTable(t.context.document);
  t.true(shown === table, `the section "Operations" has to be:\n\n${table}\n`);
});

test('the table of errors of docs/protocol.md has each that travels, with its status', t => {
  const rows = [...readFileSync('docs/protocol.md', 'utf8').matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code, status]) => `${code} ${status}`);
  t.deepEqual(rows.sort(), Object.entries(wireErrors).map(([code, { status }]) => `${code} ${status}`).sort());
});

test('every operation of the contract is in the document, once, under the name that it has in the code', t => {
  const described = contracted(t.context.document).map(({ route, operation }) => `${operation.operationId} ${route}`);
  const expected = operationsOf().map(({ operation, procedure }) => {
    const { method = 'POST', path = '/' } = procedure['~orpc'].route;
    return `${operation} ${method} ${path}`;
  });
  t.deepEqual([...described].sort(), [...expected].sort());
  const all = operationsIn(t.context.document);
  t.is(new Set(all.map(({ operation }) => operation.operationId)).size, all.length);
});

test('every plain route is in the document, and nothing that is not served', t => {
  const paths = Object.keys(t.context.document.paths).map(path => path.replace(/\{\w+\}/g, '1'));
  // Of tus it has the beginning: the addresses that follow are told by the answers.
  for (const { path, example } of plainAccess.filter(row => !row.example.startsWith('/subidas/'))) t.true(paths.some(one => path.test(one)), example);
  for (const { route, path } of operationsIn(t.context.document)) {
    t.true(routeAt(route.split(' ')[0]!, ALIASES.get(path) ?? path.replace(/\{\w+\}/g, '1'))?.isServed, route);
  }
  t.deepEqual([...ALIASES.keys()].filter(path => !(path in t.context.document.paths)), []);
});

test('every operation says who may ask for it', t => {
  for (const { route, path, operation } of operationsIn(t.context.document)) {
    const role = operation['x-role'];
    t.true(['anyone', 'contributor', ...roles].includes(role), route);
    const { proofs } = routeAt(route.split(' ')[0]!, ALIASES.get(path) ?? path.replace(/\{\w+\}/g, '1'))!;
    const ways = ['secret', ...proofs].map(way => ({ [way]: [] }));
    t.deepEqual(operation.security, role === 'anyone' ? [] : role === 'reader' ? [{}, ...ways] : ways, route);
    t.is(operation.tags.length, 1, route);
  }
});

test('a linter has nothing to say against the document', async t => {
  const path = join(await temporaryDirectory(t), 'openapi.json');
  await writeFile(path, JSON.stringify(t.context.document));
  const linter = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');
  // Players and download programs are led elsewhere: a redirect is all that those routes answer.
  const flags = ['lint', path, '--extends=recommended', '--skip-rule=operation-2xx-response', '--format=json'];
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const { stdout } = await promisify(execFile)(process.execPath, [linter, ...flags], { env, maxBuffer: 16 * MIB });
  const { totals, problems } = JSON.parse(stdout) as { readonly totals: object; readonly problems: readonly object[] };
  t.deepEqual(problems, []);
  t.like(totals, { errors: 0, warnings: 0 });
});

test('every operation says what it is for, what goes in, and what comes out', t => {
  for (const { route, path, operation } of operationsIn(t.context.document)) {
    const { summary = '', parameters = [], responses } = operation;
    t.regex(summary, /^[A-Z].+[^.]$/, route);
    const inPath = parameters.filter(parameter => parameter.in === 'path' && parameter.required === true).map(({ name }) => name);
    t.deepEqual(inPath, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!), route);
    for (const [status, { description = '', content }] of Object.entries(responses)) {
      t.not(description, '', `${route} ${status}`);
      if (Number(status) >= 400) t.truthy(content?.['application/json']?.schema, `${route} ${status}`);
    }
    t.true(Object.keys(responses).some(status => Number(status) < 400), route);
  }
  for (const { route, operation } of contracted(t.context.document)) {
    t.truthy(operation.responses['200']?.content?.['application/json']?.schema, route);
  }
});

test('every error that travels has its status on every operation, and the same body', t => {
  const statuses = [...new Set(Object.values(wireErrors).map(({ status }) => String(status)))].sort();
  for (const { route, operation } of contracted(t.context.document)) {
    t.deepEqual(Object.keys(operation.responses).filter(status => status !== '200').sort(), statuses, route);
    for (const status of statuses) {
      const schema = operation.responses[status]!.content!['application/json']!.schema;
      t.deepEqual(schema.required, ['code', 'message', 'details'], `${route} ${status}`);
      t.deepEqual((schema.properties as { code: { enum: string[] } }).code.enum, Object.keys(wireErrors));
    }
  }
});

test('every schema is a JSON Schema of 2020-12, and every reference leads somewhere', t => {
  const { document } = t.context;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  // The document as a whole, so that a reference into it is found.
  ajv.addSchema(document, 'openapi');
  const places = [...placesOf(document, 'schema')];
  t.true(places.length > operationsIn(document).length);
  for (const place of places) t.notThrows(() => ajv.compile({ $ref: `openapi#${place}` }), place);
  for (const place of placesOf(document, '$ref')) t.notThrows(() => ajv.compile({ $ref: `openapi#${place.replace(/\/\$ref$/, '')}` }), place);
});

test('the document says which OpenAPI it is, and of which version', t => {
  t.like(t.context.document, { info: { title: 'videopartes central', version: VERSION } });
  t.regex(t.context.document.openapi, /^3\.1\.\d+$/);
});

/** The operations of the contract, without the plain routes. */
function contracted(document: ApiDocument) {
  return operationsIn(document).filter(({ operation }) => isContracted(operation));
}

/** JSON pointers to everything below a value that stands under `key`. */
function* placesOf(value: unknown, key: string, path = ''): Generator<string, void, undefined> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const place = `${path}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
    if (name === key) yield place;
    yield* placesOf(inner, key, place);
  }
}
