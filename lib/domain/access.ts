import { createHash, timingSafeEqual } from 'node:crypto';

const BEARER = /^Bearer +(\S+)$/i;

/** Addresses that only this machine can reach. */
export function isLoopback(ip: string): boolean {
  return ip === 'localhost' || ip === '::1' || /^127(\.\d{1,3}){3}$/.test(ip) || /^::ffff:127\./i.test(ip);
}

/** What an `Authorization` field proves itself with (RFC 6750 §2.1). */
export function bearerOf(authorization: string | undefined): string | undefined {
  return BEARER.exec(authorization ?? '')?.[1];
}

/** Whether an `Authorization` field carries the secret. Takes the same time wherever they differ. */
export function carriesSecret(authorization: string | undefined, secret: string): boolean {
  const given = bearerOf(authorization);
  return given !== undefined && timingSafeEqual(digest(given), digest(secret));
}

/** What is wrong with a request: its `Host`, or, when that is right, its `Origin`. */
export interface ForeignPlace {
  readonly host: string;
  readonly origin?: string;
}

/**
 * Tells when a browser on somebody's page could have been led here: the `Host` has to be an address, `localhost`, or one of
 * the program's own names (DNS rebinding), and an `Origin`, which only browsers send, has to be that same place.
 */
export function foreignPlaceOf(host: string | undefined, origin: string | undefined, ownNames: readonly string[]): ForeignPlace | undefined {
  if (host === undefined || isForeignHost(host, ownNames)) return { host: host ?? '' };
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}` ? undefined : { host, origin };
}

function isForeignHost(host: string, ownNames: readonly string[]): boolean {
  if (!URL.canParse(`http://${host}`)) return true;
  const { hostname } = new URL(`http://${host}`);
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
  return !isAddress && hostname !== 'localhost' && !ownNames.some(name => name.toLowerCase() === hostname);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
