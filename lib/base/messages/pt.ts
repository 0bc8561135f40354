import type { ErrorCode, ErrorFacts } from '../errors.ts';
import type { EventFields, EventName } from '../events.ts';
import type { Messages } from './index.ts';

type ErrorMessages = { readonly [C in ErrorCode]: (facts: ErrorFacts[C]) => string };
type EventMessages = { readonly [E in EventName]: (fields: EventFields[E]) => string };

export const pt: Messages = {
  errors: {} as ErrorMessages,
  events: {} as EventMessages,
  /** What every program says: usage, flags in common, console, stopping. */
  common: {
  },
  central: {
  },
  secondary: {
  },
  client: {
  },
  demo: {
  },
};
