import type { AccessMessages } from '../index.ts';

export const accessPt: AccessMessages = {
  flags: {
    secret: 'segredo que o central pede; senão, o de VIDEOPARTES_SECRETO',
    reading: 'fora desta máquina: quem lê o catálogo e baixa, qualquer um ou quem tiver um segredo',
    tlsCertificate: 'certificado (PEM) com que se serve HTTPS, e os que o avalizam',
    tlsKey: 'chave privada (PEM) do certificado',
    tlsCa: 'certificado (PEM) de quem avaliza os demais; com ele, o central é chamado por HTTPS',
  },
  commands: {
    secret: 'o segredo de um papel, ou os de todos: lectura, subida, nodo, admin',
    rotate: 'troca a chave que assina as permissões de leitura; duas vezes seguidas anulam as já dadas',
  },
  secretHeadings: ['papel', 'segredo'],
  noSecrets: 'Só chega aqui quem está nesta máquina: não há segredos.',
  rotated: (kid: string) => `As permissões serão assinadas em meio minuto com a chave ${kid}.`,
  secretExpected: 'um texto sem espaços nem acentos',
  bothTlsFiles: '--tls-certificado e --tls-clave andam juntos',
};
