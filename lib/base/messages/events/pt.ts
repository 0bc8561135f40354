import { formatBytes, MINUTE_MS } from '../../units.ts';
import type { EventMessages } from '../index.ts';

const LOCALE = 'pt';

/** Reasons that travel as codes, in words; other reasons are shown as they came. */
const words: Readonly<Record<string, string>> = {
  late: 'chega tarde',
  closed: 'a ligação fechou-se',
  corrupt: 'partes danificadas',
  unreachable: 'não responde',
  stalled: 'parou de enviar',
  protocol: 'resposta diferente da pedida',
  lacks: 'não tem o que anuncia',
  refused: 'não dá nada a mais ninguém agora',
  done: 'completo',
  failed: 'falhou',
  cancelled: 'cancelado',
  expired: 'expirado',
  central_unreachable: 'não responde',
  outcome_unknown: 'não se sabe se foi feito',
  central_not_announced: 'ninguém se anunciou',
  central_not_in_dns: 'o DNS não diz onde está',
  source_unreachable: 'não responde',
  source_stalled: 'parou de enviar',
  source_refused: 'recusou o pedido',
  source_protocol: 'resposta diferente da pedida',
  part_corrupt: 'parte danificada',
  changed: 'mudou desde a última vez',
  no_ranges: 'o seu servidor não envia por partes',
  no_sources: 'nenhuma fonte disponível',
  disk_full: 'disco cheio',
  path_not_writable: 'não é possível escrever',
  path_not_readable: 'não é possível ler',
  checksum_mismatch: 'não é o que diz a sua soma de verificação',
  invalid_metalink: 'metalink errado',
  file_changed: 'mudou enquanto era usado',
  invalid_name: 'o nome não serve',
  invalid_manifest: 'manifesto incorreto',
  node_conflict: 'outro secundário tem este número',
  name_taken: 'outro vídeo tem esse nome',
  channels_full: 'não cabem mais canais',
  peers_full: 'não cabem mais peers',
  no_room: 'não há espaço',
  upload_corrupt: 'o que chegou está danificado',
  output_exists: 'outro arquivo tem esse nome aqui; renomeie ou remova um dos dois',
  timed_out: 'sem resposta a tempo',
  internal: 'erro interno',
  central_failed: 'não conseguiu responder',
  invalid_request: 'pedido incorreto',
  unauthorized: 'falta a autorização',
  central_untrusted: 'o certificado dele não é confiável',
  distrusted: 'seu certificado não é confiável; o central precisa de --tls-ca',
  somebody_else: 'lá responde outro',
  role_required: 'o segredo é de outro papel',
  forbidden: 'não é permitido',
  not_found: 'não existe',
  file_not_found: 'não existe',
  ticket_not_found: 'turno desconhecido',
  not_a_directory: 'não é uma pasta',
  path_in_use: 'está em uso por outro programa',
  catalog_unavailable: 'catálogo indisponível',
  empty: 'está vazio',
  too_long: 'nome de mais de 255 bytes',
  reserved: 'nome reservado',
  separator: 'nome com uma barra',
  control: 'nome com caracteres de controle',
  hidden: 'nome oculto',
  channel_full: 'não há lugar para mais espectadores',
  no_channel: 'não existe esse canal',
  silent: 'em silêncio',
  not_remuxable: 'não é de uma forma que os reprodutores aceitem',
};

export const eventsPt: EventMessages = {
  'secret.created': ({ secret, path }) => `Segredo de administração, que não será mostrado de novo: ${secret}. Fica guardado em ${path}. SECRETO mostra os dos secundários e clientes.`,
  'key.made': ({ kid }) => `Chave nova para assinar as permissões de leitura: ${kid}.`,
  'central.listening': ({ url }) => `Central escutando em ${url}.`,
  'central.announced': ({ label, addresses }) => `Anunciado como ${label} em ${addresses.join(', ')}; é encontrado com --ip-central mdns:.`,
  'central.reached': ({ url }) => `Conectado ao central${named(url)}.`,
  'central.lost': ({ url, reason }) => `Sem contato com o central${named(url)} (${inWords(reason)}). As tentativas continuam.`,
  'node.listening': ({ number, url, directory }) => `Secundário ${number} escutando em ${url}, pasta ${directory}.`,
  'node.joined': ({ number, url }) => `Secundário ${number} entrou (${url}).`,
  'node.unreachable': ({ number, url, reason }) => `Secundário ${number} dá sinais de vida, mas não se chega a ele em ${url}: ${inWords(reason)}.`,
  'node.secluded': ({ number, url }) => `Ao secundário ${number} só se chega desta máquina (${url}). Inicie-o com --ip para que as outras o encontrem.`,
  'node.suspected': ({ number, silentMs }) => `Secundário ${number} está em silêncio há ${seconds(silentMs)} s.`,
  'node.lost': ({ number, silentMs }) => `Secundário ${number} caiu: ${seconds(silentMs)} s em silêncio.`,
  'node.returned': ({ number }) => `Secundário ${number} voltou.`,
  'node.refused': ({ number, url }) => `Recusado ${url}: já há outro secundário ${number} rodando.`,
  'node.rejected': ({ number, url }) => `Recusado ${url}: o secundário ${number} foi retirado. Para que volte: REACTIVAR ${number}.`,
  'drain.started': ({ number, files }) => `O secundário ${number} está sendo esvaziado: ${files} ${files === 1 ? 'vídeo ainda precisa' : 'vídeos ainda precisam'} dele.`,
  'drain.finished': ({ number }) => `O secundário ${number} está esvaziado: nenhum vídeo precisa dele. Já se pode RETIRAR ${number}.`,
  'node.retired': ({ number }) => `Secundário ${number} retirado.`,
  'node.reactivated': ({ number }) => `O secundário ${number} volta a contar.`,
  'number.taken': ({ number }) => `Já há outro secundário ${number} rodando. Use outro --numero ou feche-o; as tentativas continuam.`,
  'number.retired': ({ number }) => `O central retirou este secundário (${number}) e já não conta com ele. Para que volte: REACTIVAR ${number} no console do central.`,
  'heartbeat.received': ({ number, added, removed }) => {
    const news = [
      ...(added > 0 ? [`${added} ${added === 1 ? 'vídeo novo' : 'vídeos novos'}`] : []),
      ...(removed > 0 ? [`${removed} ${removed === 1 ? 'vídeo retirado' : 'vídeos retirados'}`] : []),
    ];
    return `Secundário ${number}: ${news.join(', ')}.`;
  },
  'video.announced': ({ name, number }) => `O secundário ${number} tem «${name}».`,
  'video.conflict': ({ name, nodes }) => `Há outro conteúdo com o nome «${name}» (secundários: ${nodes.join(', ')}). Renomeie-o ou apague-o.`,
  'video.removed': ({ name }) => `«${name}» vai para o lixo.`,
  'video.restored': ({ name }) => `«${name}» voltou do lixo.`,
  'video.renamed': ({ name, to }) => `«${name}» chama-se agora «${to}».`,
  'trash.expired': ({ name }) => `«${name}» sai do lixo: já não pode ser restaurado e o seu espaço é libertado.`,
  'copy.ordered': ({ name, number, sources }) => `Pede-se ao secundário ${number} que copie «${name}» de ${sources.join(', ')}.`,
  'drop.ordered': ({ name, number }) => `«${name}» tem réplicas de sobra: pede-se ao secundário ${number} que libere a sua.`,
  'copy.withdrawn': ({ name }) => `A cópia de «${name}» já não é necessária; fica por aqui.`,
  'ticket.waiting': ({ client, name, position }) => `${client} espera para baixar «${name}» (lugar ${position}).`,
  'ticket.granted': ({ client, name }) => `${client} está baixando «${name}».`,
  'ticket.resumed': ({ client, name }) => `${client} continua baixando «${name}».`,
  'ticket.closed': ({ client, name, outcome }) => `Download de «${name}» por ${client}: ${inWords(outcome)}.`,
  'ticket.expired': ({ client, name }) => `${client} já não responde; perde a vez para «${name}».`,
  'source.reported': ({ client, number, name, problem }) => `${client} avisa: secundário ${number} falha com «${name}» (${inWords(problem)}).`,
  'client.registered': ({ name }) => `Cliente inscrito: ${name}.`,
  'file.hashing': ({ name, sizeBytes }) => `Lendo «${name}» (${formatBytes(sizeBytes, LOCALE)})…`,
  'file.indexed': ({ name, sizeBytes, elapsedMs }) => `«${name}» pronto: ${formatBytes(sizeBytes, LOCALE)} lidos em ${seconds(elapsedMs)} s.`,
  'file.changed': ({ name }) => `«${name}» mudou; é lido de novo.`,
  'leftovers.removed': ({ copies, manifests }) => `Apagam-se restos sem uso da pasta .videopartes: ${copies} de cópias por terminar, ${manifests} manifestos.`,
  'file.removed': ({ name }) => `«${name}» já não está na pasta.`,
  'file.ignored': ({ name, reason }) => `«${name}» não é compartilhado: ${inWords(reason)}.`,
  'file.unreadable': ({ name, reason }) => `«${name}» não pode ser lido: ${inWords(reason)}.`,
  'upload.begun': ({ name, arrivedBytes }) => `Recebendo «${name}»${arrivedBytes > 0 ? `; ${formatBytes(arrivedBytes, LOCALE)} já estavam` : ''}.`,
  'upload.taken': ({ name, sizeBytes }) => `«${name}» recebido e verificado (${formatBytes(sizeBytes, LOCALE)}).`,
  'upload.failed': ({ name, reason }) => `«${name}» não pôde ser recebido: ${inWords(reason)}.`,
  'upload.acknowledged': ({ name, replicas, wanted }) => `«${name}» guardado: ${replicas} de ${wanted} réplicas.`,
  'copy.started': ({ name, sizeBytes, sources }) => `Copiando «${name}» (${formatBytes(sizeBytes, LOCALE)}) de ${sources.join(', ')}.`,
  'copy.finished': ({ name, elapsedMs }) => `Cópia de «${name}» completa em ${seconds(elapsedMs)} s.`,
  'copy.failed': ({ name, reason }) => `A cópia de «${name}» não terminou: ${inWords(reason)}. Haverá nova tentativa.`,
  'replica.trashed': ({ name }) => `«${name}» vai para o lixo da pasta.`,
  'replica.restored': ({ name }) => `«${name}» volta do lixo para a pasta.`,
  'replica.renamed': ({ name, to }) => `«${name}» chama-se agora «${to}» na pasta.`,
  'replica.dropped': ({ name }) => `Libertado o espaço de «${name}».`,
  'replica.failed': ({ order, name, reason }) => `Não foi possível cumprir a ordem «${order}» sobre «${name}»: ${inWords(reason)}. Será tentada de novo.`,
  'replica.damaged': ({ name, parts, number }) => `${whose(number)} «${name}» tem ${damaged(parts)}: não são mais servidas e se buscam em outros.`,
  'replica.mended': ({ name, parts, number }) => `${whose(number)} «${name}» está inteira outra vez: ${renewed(parts)}.`,
  'scrub.finished': ({ name, sizeBytes, badParts }) => `«${name}» verificado (${formatBytes(sizeBytes, LOCALE)}): ${badParts === 0 ? 'tudo certo' : damaged(badParts)}.`,
  'verify.ordered': ({ name, number }) => `Pede-se ao secundário ${number} que verifique «${name}».`,
  'request.served': ({ name, start, end, client }) => `Enviados a ${client} os bytes ${start}–${end} de «${name}».`,
  'request.aborted': ({ name, client }) => `${client} largou a meio um pedaço de «${name}».`,
  'source.failed': ({ source, reason, parts }) => `${source} falha (${inWords(reason)}); ${plural(parts)}.`,
  'source.joined': ({ source }) => `Nova fonte: ${source}.`,
  'source.left': ({ source }) => `${source} deixa de ser fonte.`,
  'source.returned': ({ source }) => `${source} voltou e recebe trabalho.`,
  'source.corrupt': ({ source, part }) => `${source} enviou danificada a parte ${part}; é pedida a outra fonte.`,
  'sources.awaited': ({ name }) => `Nenhuma fonte de «${name}» responde agora; espera-se que volte alguma.`,
  'download.restarted': ({ name, reason }) => `«${name}» recomeça: ${inWords(reason)}.`,
  'download.resumed': ({ name, bytes }) => `«${name}» continua: ${formatBytes(bytes, LOCALE)} já estavam baixados.`,
  'peer.joined': ({ address, files }) => `${['Peer', address, 'adicionado com arquivos', ...files].join(' ')}.`,
  'peer.searched': ({ address, name }) => `Peer ${address} solicitou arquivo ${name}.`,
  'peer.left': ({ address }) => `Peer ${address} saiu.`,
  'peer.lost': ({ address }) => `Peer ${address} não dá mais sinal de vida; não é mais oferecido.`,
  'peer.reported': ({ address, name, problem }) => `Queixam-se do peer ${address} por «${name}» (${inWords(problem)}); o central o verifica.`,
  'peer.distrusted': ({ address, name, reason, forMs }) => `O peer ${address} falha com «${name}» (${inWords(reason)}): não é oferecido a ninguém por ${Math.round(forMs / MINUTE_MS)} min.`,
  'peer.unreachable': ({ address, reason }) => `Não se chega ao peer ${address} (${inWords(reason)}): não é oferecido aos outros.`,
  'peer.refused': ({ url, reason }) => `O central${named(url)} não aceita o que este peer anuncia (${inWords(reason)}). Continua tentando.`,
  'sharing.started': ({ address, files }) => `Compartilha em ${address}: o que for baixado${files === 0 ? '' : ` e ${files === 1 ? 'um arquivo que já estava' : `${files} arquivos que já estavam`}`}.`,
  'sharing.withdrawn': ({ name }) => `«${name}» já não é o que foi baixado: não se compartilha mais.`,
  'sharing.ended': ({ bytes, peers }) => `Foram compartilhados ${formatBytes(bytes, LOCALE)} com ${peers === 1 ? '1 peer' : `${peers} peers`}.`,
  'viewer.joined': ({ channel, address }) => `O espectador ${address} entra no canal ${channel}.`,
  'viewer.refused': ({ channel, address, reason }) => `O espectador ${address} não entra no canal ${channel}: ${inWords(reason)}.`,
  'viewer.left': ({ channel, address }) => `O espectador ${address} sai do canal ${channel}.`,
  'viewer.removed': ({ channel, address }) => `O espectador ${address} é removido do canal ${channel}: não foi possível entregar-lhe dois blocos seguidos.`,
  'broadcast.started': ({ address, relayPort }) => `Emite-se em ${address}, e para a retransmissão na porta ${relayPort}.`,
  'channel.on_air': ({ channel, path }) => `O canal ${channel} está no ar: ${path}.`,
  'channel.announced': ({ channel, name, address }) => `Canal ${channel} anunciado: «${name}», em ${address}.`,
  'channel.gone': ({ channel, name, address }) => `O canal ${channel} de ${address} («${name}») já não está no ar.`,
  'channel.unannounced': ({ url, reason }) => `O central${named(url)} não aceita os canais que lhe são anunciados (${inWords(reason)}). Continua-se a tentar.`,
  'channel.interrupted': ({ channel, reason }) => `O canal ${channel} foi interrompido: não se consegue ler o que emite (${inWords(reason)}). Continua-se a tentar.`,
  'channel.awaited': ({ channel, address }) => `Ninguém emite em ${address}. Aguarda-se o canal ${channel}.`,
  'channel.playable': ({ channel, url }) => `Abra ${url} num reprodutor para ver o canal ${channel}.`,
  'channel.block': ({ channel, number, bytes, lagMs }) => `Canal ${channel}: bloco ${number}, ${formatBytes(bytes, LOCALE)}, ${lagMs} ms depois de emitido.`,
  'relay.unreachable': ({ channel }) => `Os outros não conseguem ligar-se a este espectador: recebe o canal ${channel} e não o retransmite.`,
  'relay.leading': ({ channel, address }) => `Este espectador recebe o canal ${channel} do servidor ${address} e retransmite-o aos outros.`,
  'relay.lost': ({ channel, address, slice, reason }) => `Canal ${channel}: ${address} deixa de dar a fatia ${slice} (${inWords(reason)}).`,
  'channel.joined': ({ channel, address }) => `Recebe-se o canal ${channel} de ${address}.`,
  'channel.full': ({ channel, address }) => `O canal ${channel} de ${address} está cheio. Continua tentando.`,
  'channel.lost': ({ channel, address, reason }) => `Nada chega do canal ${channel} de ${address} (${inWords(reason)}). Continua tentando.`,
  'live.missed': ({ channel, first, last }) => `Canal ${channel}: ${first === last ? `o bloco ${first} não chegou` : `os blocos ${first} a ${last} não chegaram`} a tempo e não ${first === last ? 'é mostrado' : 'são mostrados'}.`,
  'live.short': ({ channel }) => `Canal ${channel}: chega menos do que se emite e faltam muitos blocos; mostram-se os que chegam a tempo. Se durar, a ligação não chega para este canal.`,
  'live.steady': ({ channel, number }) => `Canal ${channel}: os blocos chegam a tempo de novo; o ${number} já se mostra.`,
  'live.discarded': ({ channel, number }) => `Canal ${channel}: o bloco ${number} é apagado antes do tempo porque o espaço para blocos está cheio.`,
  'live.unstored': ({ channel, number, reason }) => `Canal ${channel}: não foi possível guardar o bloco ${number} (${inWords(reason)}). Continua-se sem ele.`,
  'live.stored': ({ channel, number }) => `Canal ${channel}: os blocos são guardados de novo, desde o ${number}.`,
  'live.unplayable': ({ channel, number, reason }) => `Canal ${channel}: o bloco ${number} não pode ser mostrado (${inWords(reason)}). Continua-se sem ele.`,
  'statistics.saved': ({ path }) => `Estatísticas gravadas em ${path}.`,
  'statistics.failed': ({ path, reason }) => `Não foi possível gravar as estatísticas em ${path}: ${inWords(reason)}.`,
  'statistics.unreadable': ({ path, keptAs }) => `As estatísticas de ${path} não se entendem; ficam guardadas como ${keptAs} e começa-se de novo.`,
  'program.stopping': () => 'Terminando… (Ctrl-C outra vez para não esperar)',
  'request.failed': ({ operation, reason }) => `Falhou «${operation}»: ${inWords(reason)}.`,
};

function whose(number: number | undefined): string {
  return number === undefined ? 'A cópia de' : `Secundário ${number}: a cópia de`;
}

function damaged(parts: number): string {
  return parts === 1 ? '1 parte danificada' : `${parts} partes danificadas`;
}

function renewed(parts: number): string {
  return parts === 1 ? '1 parte renovada' : `${parts} partes renovadas`;
}

function inWords(reason: string): string {
  return Object.hasOwn(words, reason) ? words[reason]! : reason;
}

function plural(parts: number): string {
  if (parts === 0) return 'não tinha partes pendentes';
  return parts === 1 ? 'a sua parte passa para outra fonte' : `as suas ${parts} partes passam para outras fontes`;
}

function seconds(ms: number): string {
  return (ms / 1000).toLocaleString(LOCALE, { maximumFractionDigits: 1 });
}

/** An address that is not known is not shown. */
function named(url: string): string {
  return url === '' ? '' : ` ${url}`;
}
