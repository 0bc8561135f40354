import type { SharingMessages } from './en.ts';

export const sharingPt: SharingMessages = {
  flags: {
    share: 'serve a outros o que baixa enquanto chega, e o que já baixou em --directorio',
    ip: 'com --compartir: endereço onde os outros o encontram; nesta máquina se o central estiver nela, senão qualquer um',
    port: 'com --compartir: a sua porta; 0, qualquer uma livre',
    maxUploads: 'com --compartir: quantos podem baixar dele ao mesmo tempo; 0 recusa todos',
    uploadLimit: 'com --compartir: bytes por segundo para todos eles juntos: 500K, 20M',
  },
  examples: [['videocliente descargar filme.mp4 --compartir', 'o que vai chegando é dado a outros entretanto']],
  onlyForSharing: (flag, central) => `${flag} precisa de --compartir${central ? `; para o central é ${central}` : ''}`,
  onlyForDownloads: '--compartir serve para «descargar», «ver» e o console',
};
