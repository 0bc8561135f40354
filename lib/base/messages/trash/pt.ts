import type { TrashMessages } from './en.ts';

export const trashPt: TrashMessages = {
  orderRows: [
    ['eliminar NOMBRE… [--si]', 'para o lixo; num terminal pergunta antes, salvo com --si'],
    ['restaurar NOMBRE [--como OTRO]', 'de volta do lixo; com outro nome se o seu estiver ocupado'],
    ['renombrar NOMBRE OTRO', 'dá outro nome a um vídeo'],
    ['papelera', 'o que ainda pode ser restaurado, e até quando'],
  ],
  flags: {
    as: 'com «restaurar»: o nome que se dá ao vídeo',
    yes: 'com «eliminar»: não pergunta',
    order: 'com «listar»: por nome, primeiro os mais novos ou primeiro os maiores',
  },
  commands: {
    remove: 'leva um vídeo para o lixo',
    restore: 'devolve um vídeo do lixo; com «--como» dá-lhe outro nome',
    rename: 'dá outro nome a um vídeo; os que têm espaços, entre aspas',
    trash: 'o que ainda pode ser restaurado',
  },
  renameArgument: 'nome outro',
  asForRestore: '--como serve para «restaurar»',
  yesForRemove: '--si serve para «eliminar»',
  orderForList: '--orden serve para «listar»',
  twoNames: 'São precisos dois nomes; os que têm espaços, entre aspas: RENOMBRAR "o velho.mp4" novo.mp4',
  confirm: names => `Levar para o lixo ${names.map(name => `«${name}»`).join(', ')}? [s/N] `,
  nothingDone: 'Nada foi eliminado.',
  yes: /^s(im)?$/i,
  removed: (name, until) => `«${name}» está no lixo; até ${until} pode ser restaurado.`,
  restored: name => `«${name}» voltou.`,
  renamed: (from, to) => `«${from}» chama-se agora «${to}».`,
  headings: ['número', 'vídeo', 'tamanho', 'eliminado', 'até'],
  isEmpty: 'O lixo está vazio.',
};
