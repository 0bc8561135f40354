export const sharingEn = {
  flags: {
    share: 'serves others what it downloads while it comes, and what it downloaded into --directorio before',
    ip: 'with --compartir: address where others find it; on this machine when the central is, otherwise any',
    port: 'with --compartir: its port; 0, any free one',
    maxUploads: 'with --compartir: how many may download from it at once; 0 refuses all',
    uploadLimit: 'with --compartir: bytes a second for all of them together: 500K, 20M',
  },
  examples: [['videocliente descargar film.mp4 --compartir', 'what has come is given to others meanwhile']] as readonly (readonly [string, string])[],
  onlyForSharing: (flag: string, central?: string) => `${flag} needs --compartir${central ? `; for the central it is ${central}` : ''}`,
  onlyForDownloads: '--compartir is for "descargar", "ver" and the console',
};

export type SharingMessages = typeof sharingEn;
