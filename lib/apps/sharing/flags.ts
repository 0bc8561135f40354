import { portValue, type FlagTable } from '../flags.ts';
import { MAX_UPLOADS } from './settings.ts';

/** Of a program that downloads and, when told so, serves what it has. */
export const sharingFlags = {
  compartir: { kind: 'switch', help: ({ sharing }) => sharing.flags.share },
  ip: { kind: 'text', short: 'i', placeholder: 'IP', help: ({ sharing }) => sharing.flags.ip },
  puerto: { ...portValue, short: 'p', shownDefault: '0', help: ({ sharing }) => sharing.flags.port },
  maxSubidas: { kind: 'integer', placeholder: 'N', min: 0, max: 500, shownDefault: String(MAX_UPLOADS), help: ({ sharing }) => sharing.flags.maxUploads },
  limiteSubida: { kind: 'text', placeholder: 'BYTES/S', help: ({ sharing }) => sharing.flags.uploadLimit },
} as const satisfies FlagTable;
