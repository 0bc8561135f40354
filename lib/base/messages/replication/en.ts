import { listed } from './listed.ts';

/** Nodes and replicas, and why they are as they are. Texts are parts of a line unless they end with a period. */
export const replicationEn = {
  modes: { active: '', draining: 'draining', drained: 'drained' },
  nodeArgument: 'n',
  setHeadings: ['replicas', 'videos', 'size'],
  replicasOf: (replicas: number, wanted: number) => `${replicas} of ${wanted}`,
  copyHeadings: ['video', 'secondary', 'size', 'done', 'left'],
  queued: 'has not begun',
  noCopies: 'Nothing is being copied.',
  dropping: (videos: number) => `Replicas to spare that are being freed: ${videos}.`,
  draining: (number: number, files: number) =>
    files === 0 ? `Secondary ${number} is drained: RETIRAR ${number} retires it.` : `Secondary ${number} drains: ${files} ${files === 1 ? 'video still needs' : 'videos still need'} it.`,
  retired: (number: number) => `Secondary ${number} is retired.`,
  reactivated: (number: number) => `Secondary ${number} counts again.`,
  verdicts: {
    whole: (replicas: number, wanted: number) => `Whole: ${replicas} of ${wanted} replicas.`,
    surplus: (replicas: number, wanted: number) => `More than whole: ${replicas} replicas, and ${wanted} are wanted. The one to spare is freed once all have been up for a while.`,
    copying: (replicas: number, wanted: number, left?: string) => `${replicas} of ${wanted} replicas; what is missing is being copied${left ? `, about ${left} to go` : ''}.`,
    queued: (replicas: number, wanted: number) => `${replicas} of ${wanted} replicas; a copy will be ordered as soon as a secondary is free.`,
    waiting: (replicas: number, wanted: number) => `${replicas} of ${wanted} replicas, but not all at hand: the return of a secondary is waited for.`,
    blocked: (replicas: number, wanted: number) => `${replicas} of ${wanted} replicas; no other secondary can take a copy now.`,
    no_source: (replicas: number, wanted: number) => `${replicas} of ${wanted} replicas; no secondary that has it can be asked. It can be copied when one is back.`,
  },
  holder: (node: number, state: string, zone?: string) => `secondary ${node} has it (${listed(state, zone && `zone ${zone}`)})`,
  doesNotCount: 'does not count',
  isDropping: 'is freeing it',
  grace: (time: string) => `counts for another ${time}`,
  copy: (node: number, done?: string, left?: string) => `secondary ${node} is copying it (${listed(done ?? 'has not begun', left && `${left} left`)})`,
  other: (node: number, why: string) => `secondary ${node} does not have it: ${why}`,
  obstacles: {
    joining: 'it has not been reached yet',
    suspect: 'it has been silent for a moment',
    down: 'it is down',
    draining: 'it drains',
    no_room: (free: string) => `no room for it (${free} free)`,
    refused: 'it did not carry out the order; it gets another in a while',
    busy: 'it is busy with other copies',
    same_zone: 'another zone comes first',
    none: 'it is not needed for now',
  },
};
