import type { SharingMessages } from './en.ts';

export const sharingEs: SharingMessages = {
  flags: {
    share: 'sirve a otros lo que descarga mientras llega, y lo que ya descargó en --directorio',
    ip: 'con --compartir: dirección donde los demás lo encuentran; en esta máquina si el central lo está, y si no, cualquiera',
    port: 'con --compartir: su puerto; 0, cualquiera libre',
    maxUploads: 'con --compartir: cuántos pueden descargar de él a la vez; 0 rechaza a todos',
    uploadLimit: 'con --compartir: bytes por segundo para todos ellos juntos: 500K, 20M',
  },
  examples: [['videocliente descargar película.mp4 --compartir', 'lo que va llegando se da a otros mientras tanto']],
  onlyForSharing: (flag, central) => `${flag} necesita --compartir${central ? `; para el central es ${central}` : ''}`,
  onlyForDownloads: '--compartir sirve para «descargar», «ver» y la consola',
};
