import { setFlagsFromString } from 'node:v8';

/**
 * Imported first by programs that move bytes outside the heap and should take little memory. The heap's young space,
 * which would grow to many times what they need, stays as small as it begins, and garbage is collected before the old
 * space grows: 5 MB less for a client that fetches 1 GiB, 12 MB less for one that fetches 8 GiB.
 */
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--optimize-for-size');
