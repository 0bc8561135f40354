import type { TrashMessages } from './en.ts';

export const trashEs: TrashMessages = {
  orderRows: [
    ['eliminar NOMBRE… [--si]', 'a la papelera; en un terminal pregunta antes, salvo con --si'],
    ['restaurar NOMBRE [--como OTRO]', 'de vuelta de la papelera; con otro nombre si el suyo está ocupado'],
    ['renombrar NOMBRE OTRO', 'da otro nombre a un vídeo'],
    ['papelera', 'lo que aún se puede restaurar, y hasta cuándo'],
  ],
  flags: {
    as: 'con «restaurar»: el nombre que se da al vídeo',
    yes: 'con «eliminar»: no pregunta',
    order: 'con «listar»: por nombre, primero los más nuevos o primero los más grandes',
  },
  commands: {
    remove: 'lleva un vídeo a la papelera',
    restore: 'devuelve un vídeo de la papelera; con «--como» le da otro nombre',
    rename: 'da otro nombre a un vídeo; los que tienen espacios, entre comillas',
    trash: 'lo que aún se puede restaurar',
  },
  renameArgument: 'nombre otro',
  asForRestore: '--como sirve para «restaurar»',
  yesForRemove: '--si sirve para «eliminar»',
  orderForList: '--orden sirve para «listar»',
  twoNames: 'Hacen falta dos nombres; los que tienen espacios, entre comillas: RENOMBRAR "el viejo.mp4" nuevo.mp4',
  confirm: names => `¿Llevar a la papelera ${names.map(name => `«${name}»`).join(', ')}? [s/N] `,
  nothingDone: 'No se ha eliminado nada.',
  yes: /^s[ií]?$/i,
  removed: (name, until) => `«${name}» está en la papelera; hasta el ${until} se puede restaurar.`,
  restored: name => `«${name}» ha vuelto.`,
  renamed: (from, to) => `«${from}» se llama ahora «${to}».`,
  headings: ['número', 'vídeo', 'tamaño', 'eliminado', 'hasta'],
  isEmpty: 'La papelera está vacía.',
};
