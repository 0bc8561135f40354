import type { AccessMessages } from '../index.ts';

export const accessEs: AccessMessages = {
  flags: {
    secret: 'secreto que pide el central; si no, el de VIDEOPARTES_SECRETO',
    reading: 'fuera de esta máquina: quién lee el catálogo y descarga, cualquiera o quien tenga un secreto',
    tlsCertificate: 'certificado (PEM) con que se sirve HTTPS, y los que lo avalan',
    tlsKey: 'clave privada (PEM) del certificado',
    tlsCa: 'certificado (PEM) de quien avala a los demás; con él, al central se le llama por HTTPS',
  },
  commands: {
    secret: 'el secreto de un papel, o los de todos: lectura, subida, nodo, admin',
    rotate: 'cambia la clave que firma los permisos de lectura; dos veces seguidas anulan los ya dados',
  },
  secretHeadings: ['papel', 'secreto'],
  noSecrets: 'Solo llega aquí quien está en esta máquina: no hay secretos.',
  rotated: (kid: string) => `Los permisos se firman en medio minuto con la clave ${kid}.`,
  secretExpected: 'un texto sin espacios ni acentos',
  bothTlsFiles: '--tls-certificado y --tls-clave van juntos',
};
