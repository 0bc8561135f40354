/** Of the programs, as `package.json` has it; a test holds them together. */
export const VERSION = '0.1.0';

/** Of the control and data protocols; a change that an older program cannot read raises it. */
export const PROTOCOL_VERSION = 1;
