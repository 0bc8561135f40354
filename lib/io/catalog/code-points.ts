/** SQLite's order: by bytes of UTF-8, which is the order of code points. */
export function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
