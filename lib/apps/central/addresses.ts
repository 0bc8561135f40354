/** As it stands in a URL: IPv6 between brackets, and in its one short form. */
export function bracketed(ip: string): string {
  return ip.includes(':') ? new URL(`http://[${ip}]`).hostname : ip;
}

/** An address of IPv4 that came by IPv6, as it is. */
export function plain(address: string): string {
  return address.replace(/^::ffff:/, '');
}
