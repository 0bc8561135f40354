type HelpRow = [left: string, right: string];

/** What a peer says beside its lines, which are the same in every language (`lib/apps/peer/lines.ts`). */
export const peerEn = {
  summary: 'shares a folder with other peers, and fetches files from theirs.',
  usage: ['[opciones]'],
  flags: {
    ip: 'address where others reach this peer; asked for by JOIN otherwise',
    port: 'port where it listens, 0 for any free one; asked for by JOIN otherwise',
    directory: 'folder that is shared; asked for by JOIN otherwise',
    centralHost: 'address of the server that knows the peers',
    centralPort: 'its port',
    maxUploads: 'how many may download from this peer at once; 0 refuses everybody',
    uploadLimit: 'bytes a second for all of them together: 500K, 20M',
    detail: 'tells the rest too: bars, rates, what other peers do',
  },
  examples: [
    ['videopeer', 'asks for what it needs: JOIN, SEARCH, DOWNLOAD, LEAVE'],
    ['videopeer -i 127.0.0.1 -p 8776 --directorio ./peer1', 'JOIN asks for nothing'],
  ] as HelpRow[],
  commands: {
    join: 'offers the files of a folder to the other peers',
    search: 'asks who has a file, by its exact name',
    download: 'fetches the file that was searched last from a peer, or from all (no IP)',
    leave: 'offers nothing any more',
  },
  questions: {
    ip: 'IP [127.0.0.1]: ',
    port: 'port: ',
    directory: 'folder: ',
    name: 'file with extension: ',
    peerIp: 'IP of the peer (empty: all): ',
    peerPort: 'port of the peer: ',
  },
  problems: {
    ip: 'That is no IP address; type it again.',
    port: 'A port is a number up to 65535; type it again.',
    directory: 'A folder is needed; type it again.',
    name: 'That is no name of a file; type it again, with its extension.',
  },
  ipExpected: 'an IP address',
  headings: ['peer', 'content', 'size'],
};

export type PeerMessages = typeof peerEn;
