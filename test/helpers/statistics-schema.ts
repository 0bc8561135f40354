import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ExecutionContext } from 'ava';

export type StatisticsKind = 'client' | 'central' | 'secondary' | 'live';

const validators = new Map<StatisticsKind, ValidateFunction>();
let eventValidator: ValidateFunction | undefined;

/** Fails unless `value`, as a program saved it, is what the JSON Schema in `stats/` says. */
export function assertStatistics(t: ExecutionContext, kind: StatisticsKind, value: unknown): void {
  const validate = validatorOf(kind);
  t.true(validate(value), `${kind}: ${JSON.stringify(validate.errors, undefined, 2)}`);
}

export function isStatistics(kind: StatisticsKind, value: unknown): boolean {
  return validatorOf(kind)(value);
}

/** Fails unless the line is an event of `docs/json-events.md`; returns it. */
export function assertEvent(t: ExecutionContext, line: string): Record<string, unknown> {
  const event = JSON.parse(line) as Record<string, unknown>;
  eventValidator ??= new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
    .addSchema(readStatisticsFile('client.schema.json') as object)
    .compile(readStatisticsFile('events.schema.json') as object);
  t.true(eventValidator(event), `${line}\n${JSON.stringify(eventValidator.errors, undefined, 2)}`);
  return event;
}

/** A file of `stats/`; tests run in the project's folder. */
export function readStatisticsFile(name: string): unknown {
  return JSON.parse(readFileSync(`stats/${name}`, 'utf8'));
}

function validatorOf(kind: StatisticsKind): ValidateFunction {
  let validate = validators.get(kind);
  if (!validate) {
    const ajv = new Ajv2020({ allErrors: true, strict: true });
    validate = ajv.compile(readStatisticsFile(`${kind}.schema.json`) as object);
    validators.set(kind, validate);
  }
  return validate;
}
