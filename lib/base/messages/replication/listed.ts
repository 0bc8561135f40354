/** What is known, between commas. */
export function listed(...parts: readonly (string | undefined)[]): string {
  return parts.filter(part => part).join(', ');
}
