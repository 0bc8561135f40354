import type { PeerMessages } from './en.ts';

export const peerEs: PeerMessages = {
  summary: 'comparte una carpeta con otros pares y trae archivos de las suyas.',
  usage: ['[opciones]'],
  flags: {
    ip: 'dirección donde los demás encuentran a este par; si no, la pide JOIN',
    port: 'puerto donde escucha, 0 para cualquiera libre; si no, lo pide JOIN',
    directory: 'carpeta que se comparte; si no, la pide JOIN',
    centralHost: 'dirección del servidor que conoce a los pares',
    centralPort: 'su puerto',
    maxUploads: 'cuántos pueden descargar de este par a la vez; 0 rechaza a todos',
    uploadLimit: 'bytes por segundo para todos ellos juntos: 500K, 20M',
    detail: 'cuenta también lo demás: barras, velocidades, lo que hacen otros pares',
  },
  examples: [
    ['videopeer', 'pide lo que necesita: JOIN, SEARCH, DOWNLOAD, LEAVE'],
    ['videopeer -i 127.0.0.1 -p 8776 --directorio ./peer1', 'JOIN no pide nada'],
  ],
  commands: {
    join: 'ofrece a los demás pares los archivos de una carpeta',
    search: 'pregunta quién tiene un archivo, por su nombre exacto',
    download: 'trae el último archivo buscado de un par, o de todos (sin IP)',
    leave: 'deja de ofrecer archivos',
  },
  questions: {
    ip: 'IP [127.0.0.1]: ',
    port: 'puerto: ',
    directory: 'carpeta: ',
    name: 'archivo con extensión: ',
    peerIp: 'IP del par (vacío: todos): ',
    peerPort: 'puerto del par: ',
  },
  problems: {
    ip: 'Eso no es una dirección IP; escríbala otra vez.',
    port: 'Un puerto es un número hasta 65535; escríbalo otra vez.',
    directory: 'Hace falta una carpeta; escríbala otra vez.',
    name: 'Eso no es el nombre de un archivo; escríbalo otra vez, con su extensión.',
  },
  ipExpected: 'una dirección IP',
  headings: ['par', 'contenido', 'tamaño'],
};
