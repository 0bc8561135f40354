type HelpRow = [left: string, right: string];

/** What the client says about removing, restoring, renaming, and the order of lists. */
export const trashEn = {
  orderRows: [
    ['eliminar NOMBRE… [--si]', 'to the trash; in a terminal it asks first, unless --si'],
    ['restaurar NOMBRE [--como OTRO]', 'out of the trash; under another name when its own is taken'],
    ['renombrar NOMBRE OTRO', 'another name for a video'],
    ['papelera', 'what can still be restored, and until when'],
  ] as HelpRow[],
  flags: {
    as: 'with "restaurar": the name that the video gets',
    yes: 'with "eliminar": do not ask',
    order: 'with "listar": by name, the newest first, or the largest first',
  },
  commands: {
    remove: 'moves a video to the trash',
    restore: 'takes a video out of the trash; "--como" gives it another name',
    rename: 'gives a video another name; names with spaces in quotes',
    trash: 'what can still be restored',
  },
  renameArgument: 'name other',
  asForRestore: '--como is for "restaurar"',
  yesForRemove: '--si is for "eliminar"',
  orderForList: '--orden is for "listar"',
  twoNames: 'Two names are needed, those with spaces in quotes: RENOMBRAR "old one.mp4" new.mp4',
  confirm: (names: readonly string[]) => `Move ${names.map(name => `"${name}"`).join(', ')} to the trash? [y/N] `,
  nothingDone: 'Nothing was removed.',
  yes: /^y(es)?$/i,
  removed: (name: string, until: string) => `"${name}" is in the trash; until ${until} it can be restored.`,
  restored: (name: string) => `"${name}" is back.`,
  renamed: (from: string, to: string) => `"${from}" is called "${to}" now.`,
  headings: ['number', 'video', 'size', 'removed', 'until'],
  isEmpty: 'The trash is empty.',
};

export type TrashMessages = typeof trashEn;
