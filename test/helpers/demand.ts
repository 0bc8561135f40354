/** For what is asked thousands of times in one test, where each assertion of the runner would cost more than what it looks at. */
export function demand(isKept: boolean, rule: string): void {
  if (!isKept) throw new Error(rule);
}
