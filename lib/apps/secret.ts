import { VideoError } from '../base/errors.ts';
import type { Messages } from '../base/messages/index.ts';
import type { FlagTable } from './flags.ts';

/** How programs prove their role to the central. */
export const secretFlag = {
  secreto: { kind: 'text', placeholder: 'TEXTO', help: ({ access }) => access.flags.secret },
} as const satisfies FlagTable;

/** What was typed, or else what the environment has: others on this machine see what is typed. @throws VideoError `invalid_flag` */
export function secretOf(typed: string | undefined, environment: Readonly<Record<string, string | undefined>>, messages: Messages): string | undefined {
  const secret = typed ?? (environment['VIDEOPARTES_SECRETO'] || undefined);
  // It goes into a field of a request; and an error that showed it would tell it to whoever reads over the shoulder.
  if (secret === undefined || /^[\x21-\x7e]+$/.test(secret)) return secret;
  throw new VideoError('invalid_flag', { flag: '--secreto', value: '…', expected: messages.access.secretExpected });
}
