import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import anyTest, { type TestFn } from 'ava';
import { silentLog } from '../../lib/base/log.ts';
import { startControlServer } from '../../lib/io/http/control-server.ts';
import { wireErrors } from '../../lib/protocol/errors.ts';
import { VERSION } from '../../lib/protocol/version.ts';
import { operationsOf, routerThat } from '../helpers/control-router.ts';
import { operationsIn, operationsTable, type ApiDocument } from '../helpers/operations-table.ts';

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
  const described = operationsIn(t.context.document).map(({ route, operation }) => `${operation.operationId} ${route}`);
  const contracted = operationsOf().map(({ operation, procedure }) => {
    const { method = 'POST', path = '/' } = procedure['~orpc'].route;
    return `${operation} ${method} ${path}`;
  });
  t.deepEqual([...described].sort(), [...contracted].sort());
  t.is(new Set(operationsIn(t.context.document).map(({ operation }) => operation.operationId)).size, described.length);
});

test('every operation says what it is for, what goes in, and what comes out', t => {
  for (const { route, path, operation } of operationsIn(t.context.document)) {
    const { summary = '', parameters = [], responses } = operation;
    t.regex(summary, /^[A-Z].+[^.]$/, route);
    const inPath = parameters.filter(parameter => parameter.in === 'path' && parameter.required === true).map(({ name }) => name);
    t.deepEqual(inPath, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!), route);
    for (const [status, { description = '', content }] of Object.entries(responses)) {
      t.not(description, '', `${route} ${status}`);
      t.truthy(content?.['application/json']?.schema, `${route} ${status}`);
    }
    t.truthy(responses['200'], route);
  }
});

test('every error that travels has its status on every operation, and the same body', t => {
  const statuses = [...new Set(Object.values(wireErrors).map(({ status }) => String(status)))].sort();
  for (const { route, operation } of operationsIn(t.context.document)) {
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

/** JSON pointers to everything below a value that stands under `key`. */
function* placesOf(value: unknown, key: string, path = ''): Generator<string, void, undefined> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const place = `${path}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
    if (name === key) yield place;
    yield* placesOf(inner, key, place);
  }
}
