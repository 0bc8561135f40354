import { VideoError } from '../../base/errors.ts';
import { withoutPassword } from './postgres-url.ts';

const SQLITE = 'sqlite:';

/** Undefined for the URL of something else. */
export function sqlitePathOf(url: string): string | undefined {
  return url.startsWith(SQLITE) && url !== SQLITE ? url.slice(SQLITE.length) : undefined;
}

export function unknownCatalog(flag: string, url: string): VideoError<'invalid_flag'> {
  return new VideoError('invalid_flag', { flag, value: withoutPassword(url), expected: 'sqlite:PATH, postgres://USER@HOST/NAME' });
}
