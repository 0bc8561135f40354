import { isFileName } from '../domain/file.ts';

/** Shown by a browser that can play it, or only saved. */
export type Disposition = 'inline' | 'attachment';

// Some readers decode percent signs in `filename`, and many keep the backslash of a quoted pair (RFC 6266 appendix D).
const UNSAFE_IN_FALLBACK = /[^\u0020-\u007e]|["%\\]/gu;
const UNESCAPED_BY_ENCODE = /[!'()*]/g;
const PARAMETER = /;\s*(filename\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/gi;
const EXTENDED_VALUE = /^(utf-8|iso-8859-1)'[^']*'(.*)$/i;

/**
 * `Content-Disposition` that gives a file any name (RFC 6266): an ASCII look-alike in `filename` for old readers, and,
 * when that is not the name itself, the exact one in `filename*` (RFC 8187).
 */
export function formatContentDisposition(name: string, disposition: Disposition = 'inline'): string {
  const fallback = name.replaceAll(UNSAFE_IN_FALLBACK, '_');
  const plain = `${disposition}; filename="${fallback}"`;
  return fallback === name ? plain : `${plain}; filename*=UTF-8''${encodeExtendedValue(name)}`;
}

function encodeExtendedValue(value: string): string {
  return encodeURIComponent(Buffer.from(value).toString()).replaceAll(
    UNESCAPED_BY_ENCODE,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The name that a `Content-Disposition` gives (RFC 6266 §4.3): `filename*` before `filename`, and of a path the last
 * component only. Undefined when it gives none that a file may have.
 */
export function parseContentDisposition(header: string | undefined): string | undefined {
  const names = new Map<string, string>();
  for (const [, parameter, quoted, token] of (header ?? '').matchAll(PARAMETER)) {
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? token!;
    const name = parameter!.endsWith('*') ? decodeExtendedValue(value) : value;
    if (name !== undefined && !names.has(parameter!.toLowerCase())) names.set(parameter!.toLowerCase(), name);
  }
  const name = (names.get('filename*') ?? names.get('filename'))?.split(/[\\/]/).at(-1);
  return name !== undefined && isFileName(name) ? name : undefined;
}

function decodeExtendedValue(value: string): string | undefined {
  const [, charset, encoded] = EXTENDED_VALUE.exec(value) ?? [];
  if (charset === undefined || encoded === undefined) return undefined;
  const bytes = encoded.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString(charset.toLowerCase() === 'utf-8' ? 'utf8' : 'latin1');
}
