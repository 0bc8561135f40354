/** Paths of PEM files, as they were typed. */
export interface TlsFiles {
  /** What HTTPS is served with; without it, HTTP is. */
  readonly served?: { readonly certificate: string; readonly key: string } | undefined;
  /** Who vouches for the others; without it, those that Node trusts. */
  readonly ca?: string | undefined;
}
