/** Who may do what: secrets, permissions to read and TLS. */
export const accessEn = {
  flags: {
    secret: 'secret that the central asks for; else that of VIDEOPARTES_SECRETO',
    reading: 'outside this machine: who reads the catalogue and downloads, anybody or who has a secret',
    tlsCertificate: 'certificate (PEM) to serve HTTPS with, and those that vouch for it',
    tlsKey: 'private key (PEM) of the certificate',
    tlsCa: 'certificate (PEM) of who vouches for the others; with it the central is called by HTTPS',
  },
  commands: {
    secret: 'the secret of a role, or those of all: lectura, subida, nodo, admin',
    rotate: 'changes the key that signs permissions to read; twice in a row it ends those already given',
  },
  secretHeadings: ['role', 'secret'],
  noSecrets: 'Only who is on this machine comes here: there are no secrets.',
  rotated: (kid: string) => `In half a minute permissions will be signed with the key ${kid}.`,
  secretExpected: 'a text without spaces and accents',
  bothTlsFiles: '--tls-certificado and --tls-clave go together',
};
