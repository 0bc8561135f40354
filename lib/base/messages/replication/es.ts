import type { Messages } from '../index.ts';
import { listed } from './listed.ts';

export const replicationEs: Messages['replication'] = {
  modes: { active: '', draining: 'vaciándose', drained: 'vaciado' },
  nodeArgument: 'n',
  setHeadings: ['réplicas', 'vídeos', 'tamaño'],
  replicasOf: (replicas, wanted) => `${replicas} de ${wanted}`,
  copyHeadings: ['vídeo', 'secundario', 'tamaño', 'hecho', 'falta'],
  queued: 'sin empezar',
  noCopies: 'No se está copiando nada.',
  dropping: videos => `Réplicas de sobra que se están liberando: ${videos}.`,
  draining: (number, files) =>
    files === 0 ? `El secundario ${number} está vaciado: se retira con RETIRAR ${number}.` : `El secundario ${number} se vacía: ${files} ${files === 1 ? 'vídeo lo necesita' : 'vídeos lo necesitan'} todavía.`,
  retired: number => `El secundario ${number} está retirado.`,
  reactivated: number => `El secundario ${number} vuelve a contar.`,
  verdicts: {
    whole: (replicas, wanted) => `Completo: ${replicas} de ${wanted} réplicas.`,
    surplus: (replicas, wanted) => `Más que completo: ${replicas} réplicas, y hacen falta ${wanted}. La que sobra se libera cuando todos lleven un rato activos.`,
    copying: (replicas, wanted, left) => `${replicas} de ${wanted} réplicas; lo que falta se está copiando${left ? `, quedan unos ${left}` : ''}.`,
    queued: (replicas, wanted) => `${replicas} de ${wanted} réplicas; se pedirá una copia en cuanto haya un secundario libre.`,
    waiting: (replicas, wanted) => `${replicas} de ${wanted} réplicas, pero no todas a mano: se espera a que vuelva un secundario.`,
    blocked: (replicas, wanted) => `${replicas} de ${wanted} réplicas; ningún otro secundario puede recibir una copia ahora.`,
    no_source: (replicas, wanted) => `${replicas} de ${wanted} réplicas; ningún secundario que lo tenga está disponible. Se podrá copiar cuando vuelva alguno.`,
  },
  holder: (node, state, zone) => `el secundario ${node} lo tiene (${listed(state, zone && `zona ${zone}`)})`,
  doesNotCount: 'no cuenta',
  isDropping: 'lo está liberando',
  grace: time => `cuenta ${time} más`,
  copy: (node, done, left) => `el secundario ${node} lo está copiando (${listed(done ?? 'sin empezar', left && `quedan ${left}`)})`,
  other: (node, why) => `el secundario ${node} no lo tiene: ${why}`,
  obstacles: {
    joining: 'todavía no se ha llegado a él',
    suspect: 'lleva un momento en silencio',
    down: 'está caído',
    draining: 'se está vaciando',
    no_room: free => `no le cabe (${free} libres)`,
    refused: 'no cumplió la orden; recibirá otra dentro de un rato',
    busy: 'está ocupado con otras copias',
    same_zone: 'otra zona va antes',
    none: 'no hace falta por ahora',
  },
};
