/** Why it cannot be used, in the words of the database or of the system; several addresses fail for a reason each. */
export function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error ? first.message : String(first);
}
