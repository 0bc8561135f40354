import type { Messages } from '../index.ts';
import { listed } from './listed.ts';

export const replicationPt: Messages['replication'] = {
  modes: { active: '', draining: 'esvaziando', drained: 'esvaziado' },
  nodeArgument: 'n',
  setHeadings: ['réplicas', 'vídeos', 'tamanho'],
  replicasOf: (replicas, wanted) => `${replicas} de ${wanted}`,
  copyHeadings: ['vídeo', 'secundário', 'tamanho', 'feito', 'falta'],
  queued: 'não começou',
  noCopies: 'Nada está sendo copiado.',
  dropping: videos => `Réplicas de sobra que estão sendo liberadas: ${videos}.`,
  draining: (number, files) =>
    files === 0 ? `O secundário ${number} está esvaziado: RETIRAR ${number} o retira.` : `O secundário ${number} está sendo esvaziado: ${files} ${files === 1 ? 'vídeo ainda precisa' : 'vídeos ainda precisam'} dele.`,
  retired: number => `O secundário ${number} está retirado.`,
  reactivated: number => `O secundário ${number} volta a contar.`,
  verdicts: {
    whole: (replicas, wanted) => `Completo: ${replicas} de ${wanted} réplicas.`,
    surplus: (replicas, wanted) => `Mais que completo: ${replicas} réplicas, e bastam ${wanted}. A que sobra é liberada quando todos estiverem ativos há algum tempo.`,
    copying: (replicas, wanted, left) => `${replicas} de ${wanted} réplicas; o que falta está sendo copiado${left ? `, restam cerca de ${left}` : ''}.`,
    queued: (replicas, wanted) => `${replicas} de ${wanted} réplicas; uma cópia será pedida assim que houver um secundário livre.`,
    waiting: (replicas, wanted) => `${replicas} de ${wanted} réplicas, mas nem todas à mão: espera-se a volta de um secundário.`,
    blocked: (replicas, wanted) => `${replicas} de ${wanted} réplicas; nenhum outro secundário pode receber uma cópia agora.`,
    no_source: (replicas, wanted) => `${replicas} de ${wanted} réplicas; nenhum secundário que o tenha está disponível. Poderá ser copiado quando algum voltar.`,
  },
  holder: (node, state, zone) => `o secundário ${node} o tem (${listed(state, zone && `zona ${zone}`)})`,
  doesNotCount: 'não conta',
  isDropping: 'está liberando a sua réplica',
  grace: time => `conta por mais ${time}`,
  copy: (node, done, left) => `o secundário ${node} está copiando (${listed(done ?? 'não começou', left && `restam ${left}`)})`,
  other: (node, why) => `o secundário ${node} não o tem: ${why}`,
  obstacles: {
    joining: 'ainda não foi alcançado',
    suspect: 'está em silêncio há um momento',
    down: 'está caído',
    draining: 'está sendo esvaziado',
    no_room: free => `não cabe nele (${free} livres)`,
    refused: 'não cumpriu a ordem; receberá outra daqui a pouco',
    busy: 'está ocupado com outras cópias',
    same_zone: 'outra zona vem antes',
    none: 'não é necessário por enquanto',
  },
};
