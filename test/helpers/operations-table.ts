import type { Access } from '../../lib/domain/roles.ts';
import { operationsOf } from './control-router.ts';

/** The part of an OpenAPI document that tests look at. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

export interface ApiOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly 'x-role': Access;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: object }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: ApiContent };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: ApiContent }>>;
}

type ApiContent = Readonly<Record<string, { readonly schema: ApiSchema }>>;

interface ApiSchema {
  readonly properties?: object;
  readonly required?: readonly string[];
  readonly oneOf?: readonly ApiSchema[];
  readonly anyOf?: readonly ApiSchema[];
}

/** Every operation of a document, with its route. */
export function operationsIn(document: ApiDocument): readonly { readonly route: string; readonly path: string; readonly operation: ApiOperation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, path, operation })),
  );
}

/** The table of `docs/protocol.md`: each operation, its route, and the fields that go in and come out. */
export function operationsTable(document: ApiDocument): string {
  const rows = operationsIn(document).filter(({ operation }) => isContracted(operation)).map(({ route, operation }) => {
    const { operationId = '', parameters = [], requestBody, responses, summary = '' } = operation;
    const asked = [...parameters.map(({ name, required }) => (required ? name : `${name}?`)), ...fieldsOf(requestBody?.content)];
    return `| \`${operationId}\` | \`${route}\` | ${listed(asked)} | ${listed(fieldsOf(responses['200']?.content))} | ${summary} |`;
  });
  return ['| operation | route | goes in | comes out | |', '|---|---|---|---|---|', ...rows].join('\n');
}

const names = new Set(operationsOf().map(({ operation }) => operation));

/** Whether it is of the contract, and no plain route. */
export function isContracted({ operationId = '' }: ApiOperation): boolean {
  return names.has(operationId);
}

function listed(fields: readonly string[]): string {
  return fields.map(field => `\`${field}\``).join(' ');
}

function fieldsOf(content: ApiContent | undefined): readonly string[] {
  return fieldsOfSchema(content?.['application/json']?.schema ?? {});
}

/** With a `?` those that may be absent; of a choice, those that not each of them has. */
function fieldsOfSchema({ properties = {}, required = [], oneOf, anyOf }: ApiSchema): readonly string[] {
  const choices = (oneOf ?? anyOf)?.map(fieldsOfSchema);
  if (!choices) return Object.keys(properties).map(name => (required.includes(name) ? name : `${name}?`));
  return [...new Set(choices.flat())].map(name => (choices.every(choice => choice.includes(name)) || name.endsWith('?') ? name : `${name}?`));
}
