import type { ErrorCode, ErrorFacts } from '../errors.ts';
import type { EventFields, EventName } from '../events.ts';

type ErrorMessages = { readonly [C in ErrorCode]: (facts: ErrorFacts[C]) => string };
type EventMessages = { readonly [E in EventName]: (fields: EventFields[E]) => string };

export const en = {
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
