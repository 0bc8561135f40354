/** Shown by a browser that can play it, or only saved. */
export type Disposition = 'inline' | 'attachment';

// Some readers decode percent signs in `filename`, and many keep the backslash of a quoted pair (RFC 6266 appendix D).
const UNSAFE_IN_FALLBACK = /[^\u0020-\u007e]|["%\\]/gu;
const UNESCAPED_BY_ENCODE = /[!'()*]/g;

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
