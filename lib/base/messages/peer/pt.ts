import type { PeerMessages } from './en.ts';

export const peerPt: PeerMessages = {
  summary: 'compartilha uma pasta com outros peers e baixa arquivos das pastas deles.',
  usage: ['[opções]'],
  flags: {
    ip: 'endereço em que os outros chegam a este peer; senão, JOIN o pede',
    port: 'porta em que escuta, 0 para qualquer uma livre; senão, JOIN a pede',
    directory: 'pasta que se compartilha; senão, JOIN a pede',
    centralHost: 'endereço do servidor que conhece os peers',
    centralPort: 'a porta dele',
    maxUploads: 'quantos podem baixar deste peer ao mesmo tempo; 0 recusa todos',
    uploadLimit: 'bytes por segundo para todos eles juntos: 500K, 20M',
    detail: 'conta também o resto: barras, velocidades, o que fazem os outros peers',
  },
  examples: [
    ['videopeer', 'pede o que precisa: JOIN, SEARCH, DOWNLOAD, LEAVE'],
    ['videopeer -i 127.0.0.1 -p 8776 --directorio ./peer1', 'JOIN não pede nada'],
  ],
  commands: {
    join: 'oferece aos outros peers os arquivos de uma pasta',
    search: 'pergunta quem tem um arquivo, pelo nome exato',
    download: 'baixa o último arquivo procurado de um peer, ou de todos (sem IP)',
    leave: 'deixa de oferecer arquivos',
  },
  questions: {
    ip: 'IP [127.0.0.1]: ',
    port: 'porta: ',
    directory: 'pasta: ',
    name: 'arquivo com extensão: ',
    peerIp: 'IP do peer (vazio: todos): ',
    peerPort: 'porta do peer: ',
  },
  problems: {
    ip: 'Isso não é um endereço IP; escreva-o outra vez.',
    port: 'Uma porta é um número até 65535; escreva-a outra vez.',
    directory: 'É precisa uma pasta; escreva-a outra vez.',
    name: 'Isso não é o nome de um arquivo; escreva-o outra vez, com a extensão.',
  },
  ipExpected: 'um endereço IP',
  headings: ['peer', 'conteúdo', 'tamanho'],
};
