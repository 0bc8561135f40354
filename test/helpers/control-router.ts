import { implement } from '@orpc/server';
import { isContractProcedure, type AnyContractProcedure } from '@orpc/contract';
import type { ControlContext, ControlRouter } from '../../lib/io/http/control-server.ts';
import { controlContract } from '../../lib/protocol/control.ts';

type Answer = (operation: string, input: unknown, context: ControlContext) => unknown;

/** Answers every operation of the contract (`videos.list`) with what the function returns or throws. */
export function routerThat(answer: Answer): ControlRouter {
  return implementAll(controlContract, answer) as ControlRouter;
}

/** Every operation of the contract, with its name. */
export function operationsOf(contract: object = controlContract, path: readonly string[] = []): readonly { readonly operation: string; readonly procedure: AnyContractProcedure }[] {
  if (isContractProcedure(contract)) return [{ operation: path.join('.'), procedure: contract }];
  return Object.entries(contract).flatMap(([key, part]) => operationsOf(part as object, [...path, key]));
}

function implementAll(contract: object, answer: Answer): object {
  if (!isContractProcedure(contract)) {
    return Object.fromEntries(Object.entries(contract).map(([key, part]) => [key, implementAll(part as object, answer)]));
  }
  const builder = implement(contract).$context<ControlContext>();
  return builder.handler(async ({ path, input, context }) => answer(path.join('.'), input, context));
}
