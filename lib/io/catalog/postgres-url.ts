/** Flags of a connection that are secrets too. */
const SECRETS = ['password', 'sslpassword'];

export function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:\/\/./.test(url);
}

/** As it may be shown: without a password, and whole otherwise. */
export function withoutPassword(url: string): string {
  try {
    const shown = new URL(url);
    shown.password = '';
    for (const secret of SECRETS) if (shown.searchParams.has(secret)) shown.searchParams.delete(secret);
    return shown.href;
  } catch {
    return url.replace(/\/\/[^/]*@/, '//').replace(/\?.*/s, '');
  }
}
