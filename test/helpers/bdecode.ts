/** What BEP 3 can say; keys of dictionaries are read as text. */
export type Bdecoded = number | Buffer | readonly Bdecoded[] | { readonly [key: string]: Bdecoded };

/** Reads the whole of it. @throws Error when it is no bencoded value, or more than one */
export function bdecode(bytes: Buffer): Bdecoded {
  let at = 0;
  const value = read();
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes behind the value`);
  return value;

  function read(): Bdecoded {
    switch (String.fromCharCode(bytes[at] ?? 0)) {
      case 'i':
        at += 1;
        return Number(until('e'));
      case 'l': {
        const list: Bdecoded[] = [];
        for (at += 1; !isEnd(); ) list.push(read());
        return list;
      }
      case 'd': {
        const map: Record<string, Bdecoded> = {};
        for (at += 1; !isEnd(); ) map[String(read())] = read();
        return map;
      }
      default: {
        const length = Number(until(':'));
        if (!Number.isSafeInteger(length) || at + length > bytes.length) throw new Error(`no text at ${at}`);
        at += length;
        return bytes.subarray(at - length, at);
      }
    }
  }

  function until(mark: string): string {
    const end = bytes.indexOf(mark, at);
    if (end === -1) throw new Error(`no ${mark} after ${at}`);
    const text = bytes.toString('latin1', at, end);
    at = end + 1;
    return text;
  }

  function isEnd(): boolean {
    const isLast = bytes[at] === 0x65;
    if (isLast) at += 1;
    return isLast;
  }
}
