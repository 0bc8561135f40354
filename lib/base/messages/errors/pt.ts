import { formatBytes } from '../../units.ts';
import type { ErrorMessages } from '../index.ts';

const nameProblems = {
  empty: 'está vazio',
  too_long: 'ocupa mais de 255 bytes',
  reserved: 'é reservado pelo sistema',
  separator: 'contém uma barra «/»',
  control: 'contém caracteres de controle',
  hidden: 'começa com um ponto',
};
const listProblems = { empty: 'não nomeia nada', control: 'tem caracteres de controle', too_long: 'é longa demais' };
const absentThings = { route: 'Esse endereço não existe', manifest: 'O manifesto não existe', node: 'O secundário não existe', torrent: 'Não há torrent desse vídeo', topic: 'Não há nada registrado nesse tema', channel: 'Esse canal não está no ar' };
const tlsProblems = { certificate: 'não é um certificado PEM', key: 'não é uma chave privada PEM sem senha', mismatch: 'a chave é de outro certificado' };
const remuxObstacles = { container: 'não é de um tipo que se saiba ler', codec: 'os navegadores não reproduzem o que contém', structure: 'está danificado ou é feito de pedaços demasiado grandes' };
const roleNames = { reader: 'leitura', uploader: 'envio', node: 'nó', admin: 'administração' };

export const errorsPt: ErrorMessages = {
  usage: ({ reason }) => `${reason}${reason.endsWith('?') ? '' : '.'} Com --help veem-se as opções.`,
  invalid_flag: ({ flag, value, expected }) => `${flag} não pode valer «${value}»: espera-se ${expected}.`,
  invalid_name: ({ name, reason }) => `O nome «${name}» não serve: ${nameProblems[reason]}.`,
  invalid_request: ({ reason }) => `O pedido não é válido: ${reason}.`,
  invalid_manifest: ({ reason }) => `O manifesto recebido não está correto (${reason}); não é usado.`,
  outcome_unknown: ({ address }) =>
    `O central ${address} parou de responder antes de contestar, e a mudança pode estar feita ou não. Veja com «listar» ou «papelera» e, se for preciso, repita a ordem.`,
  central_unreachable: ({ address }) =>
    `O central não foi encontrado em ${address}. Verifique se está rodando e confira --ip-central e --puerto-central.`,
  central_not_announced: ({ label, afterMs }) =>
    `Em ${seconds(afterMs)} s ninguém se anunciou na rede local como central${label ? ` "${label}"` : ''}. Inicie-o com --anunciar numa máquina desta rede, ou dê o endereço com --ip-central.`,
  central_not_in_dns: ({ service, reason }) => `O DNS não diz onde está o central: ${service} (${reason}). Confira os registros SRV, ou dê o endereço com --ip-central.`,
  central_failed: ({ address, status }) => `O central ${address} não conseguiu responder (HTTP ${status}). Tente de novo daqui a pouco.`,
  not_found: ({ what }) => `${absentThings[what]}.`,
  file_not_found: ({ name, near }) =>
    near.length > 0
      ? `Não há nenhum vídeo «${name}». Queria dizer ${near.map(other => `«${other}»`).join(', ')}?`
      : `Não há nenhum vídeo «${name}». Com «listar» veem-se os que existem.`,
  not_in_trash: ({ name }) => `No lixo não há nada de «${name}». Com «papelera» vê-se o que há.`,
  name_taken: ({ name }) => `O nome «${name}» já é de outro vídeo. Escolha outro nome, ou mude ou elimine antes o desse.`,
  method_not_allowed: ({ allowed }) => `Aí só se pode pedir ${allowed.join(', ')}.`,
  ticket_not_found: () => 'O central já não conhece este turno; peça o vídeo outra vez.',
  line_full: ({ waiting }) => `Já há ${waiting} downloads em espera; tente mais tarde.`,
  listeners_full: ({ listening }) => `Já há ${listening} a seguir as mensagens do central; tente mais tarde.`,
  no_nodes: () => 'Não há nenhum secundário em funcionamento que possa guardar o vídeo. Inicie algum e repita a ordem.',
  no_room: ({ name, sizeBytes }) => `Nenhum secundário tem espaço para «${name}» (${formatBytes(sizeBytes, 'pt')}). Libere espaço ou acrescente um secundário.`,
  upload_corrupt: ({ name }) => `O que chegou não é «${name}»: danificou-se no caminho ou o arquivo mudou. Foi descartado; repita a ordem.`,
  upload_not_found: () => 'Esse envio já não existe; comece de novo.',
  uploads_full: ({ running }) => `O secundário já recebe ${running} envios; tente mais tarde.`,
  not_acknowledged: ({ name, replicas, needed }) =>
    `«${name}» está em ${replicas} dos ${needed} secundários necessários para dá-lo por guardado. Conserve a sua cópia e repita a ordem: não é enviado de novo.`,
  uploads_failed: ({ failed, total }) => `${failed.length} de ${total} envios não ${failed.length === 1 ? 'terminou' : 'terminaram'}: ${failed.join(', ')}.`,
  topics_full: ({ what, max }) => (what === 'topics' ? `Já há ${max} temas; reinicie algum que não se use.` : `O tema já tem ${max} chaves e não admite mais; reinicie-o ou use outro.`),
  peer_unknown: () => 'O central já não conhece este peer; entre outra vez.',
  not_joined: () => 'Primeiro entre com JOIN.',
  not_searched: () => 'Primeiro procure o arquivo com SEARCH.',
  already_joined: ({ address }) => `Este peer já entrou como ${address}. Saia antes com LEAVE.`,
  peer_refused: ({ peer }) => `O peer ${peer} recusou o download. Escolha outro peer ou tente mais tarde.`,
  peer_lacks_file: ({ peer, name }) => `O peer ${peer} não tem «${name}». Procure de novo com SEARCH.`,
  contents_differ: ({ name, contents }) => `Há ${contents} arquivos diferentes com o nome «${name}». Escolha com DOWNLOAD o IP e a porta de um peer.`,
  peers_failed: ({ name, peers }) =>
    peers.length > 0
      ? `Nenhum peer envia «${name}» agora (${peers.join(', ')}). O que já foi baixado fica guardado; peça de novo com DOWNLOAD.`
      : `Nenhum outro peer tem «${name}». Procure de novo com SEARCH.`,
  peers_full: ({ what, max }) => `O central não aceita mais peers por agora (${max} ${what === 'peers' ? 'peers' : what === 'names' ? 'nomes anunciados' : 'em espera'}); tente mais tarde.`,
  statistics_invalid: ({ path, program }) => `${path} não é um arquivo de estatísticas guardadas de ${program}.`,
  not_remuxable: ({ name, obstacle, codecs }) => `«${name}» não pode ser dado como MP4: ${remuxObstacles[obstacle]}${codecs.length > 0 ? ` (${codecs.join(', ')})` : ''}. Descarregue-o.`,
  film_unusable: ({ path, obstacle, codecs }) => `Não se pode emitir ${path}: ${remuxObstacles[obstacle]}${codecs.length > 0 ? ` (${codecs.join(', ')})` : ''}. Escolha outro filme.`,
  no_blocks: ({ path }) => `Não há blocos em ${path}. Chame aos ficheiros NOME_00000.mkv, NOME_00001.mkv e assim por diante.`,
  blocks_mixed: ({ path, films }) => `Há blocos de vários filmes em ${path}: ${films.join(', ')}. Deixe na pasta os de um só.`,
  remuxes_full: ({ running }) => `O central já converte ${running} vídeos para outros; tente mais tarde.`,
  channels_full: ({ what, max }) => (what === 'announced' ? `O central já conhece ${max} canais e não aceita mais por agora.` : `O central já dá ${max} canais a navegadores e não pode com mais; tente mais tarde.`),
  channel_full: ({ name }) => `Não há lugar para mais espectadores de «${name}»; tente mais tarde.`,
  no_sources: ({ name, nodes }) =>
    nodes.length > 0
      ? `Nenhum secundário com «${name}» está disponível agora (quem o tem: ${nodes.join(', ')}). O que já foi baixado fica guardado; peça de novo quando algum voltar.`
      : `Nenhum secundário tem «${name}» agora. O que já foi baixado fica guardado; peça de novo mais tarde.`,
  node_conflict: ({ number }) => `Já há outro secundário ${number} rodando. Use outro --numero.`,
  node_needed: ({ number, files }) => `O secundário ${number} ainda é necessário para ${files} ${files === 1 ? 'vídeo' : 'vídeos'}. Esvazie-o antes com DRENAR ${number} e espere que esteja esvaziado.`,
  node_retired: ({ number }) => `O secundário ${number} foi retirado. Para que volte: REACTIVAR ${number} no console do central.`,
  port_in_use: ({ ip, port, flag = '--puerto' }) =>
    flag === '--ip-local'
      ? `A porta ${port} de ${ip} é usada por outro programa, e quem vê um servidor do protocolo antigo precisa dela: é lá que o procuram. Feche o outro programa, ou dê a cada espectador desta máquina um endereço seu com --ip-local.`
      : `A porta ${port} de ${ip} já está em uso. Feche o outro programa ou escolha outra com ${flag} (0: qualquer uma livre).`,
  address_unavailable: ({ ip }) => `Esta máquina não tem o endereço ${ip}. Confira --ip.`,
  listen_denied: ({ ip, port }) => `Sem permissão para escutar em ${ip}:${port}. Escolha uma porta maior que 1023.`,
  secret_required: ({ ip }) => `Para escutar em ${ip}, fora desta máquina, é preciso um segredo: o que dá SECRETO nó no console do central, com --secreto ou em VIDEOPARTES_SECRETO. Use --ip 127.0.0.1 para trabalhar só aqui.`,
  unauthorized: () => 'O central pede um segredo válido: informe-o com --secreto ou em VIDEOPARTES_SECRETO.',
  role_required: ({ role }) => `O segredo não basta para isto: é preciso o de ${roleNames[role]}. No central, SECRETO o mostra.`,
  forbidden: ({ host, origin }) =>
    origin === undefined
      ? `O pedido não chama este programa por um nome dele (${host}): use o seu endereço, ou inicie-o com --nombre-publico.`
      : `O pedido vem de uma página de outro lugar (${origin}), e não deste (${host}).`,
  tls_invalid: ({ path, problem }) => `${path}: ${tlsProblems[problem]}.`,
  central_untrusted: ({ address, reason }) => `Não se sabe se ${address} é quem diz ser (${reason}). Verifique --tls-ca e o certificado do central.`,
  disk_full: ({ path }) => `Não há mais espaço no disco para ${path}. O que foi verificado fica guardado: libere espaço e repita a ordem.`,
  path_not_writable: ({ path }) => `Não é possível escrever em ${path}. Confira as permissões ou escolha outra pasta.`,
  path_not_readable: ({ path }) => `Não é possível ler ${path}. Confira se existe e as permissões.`,
  path_in_use: ({ path }) => `Outro programa está usando ${path}. Espere que termine ou escolha outro lugar.`,
  not_a_directory: ({ path }) => `${path} não é uma pasta. Escolha outro caminho.`,
  output_exists: ({ path }) => `${path} já existe e não foi tocado. Retire-o ou escolha outro arquivo com -o.`,
  file_changed: ({ name }) => `«${name}» mudou enquanto era usado. Peça outra vez.`,
  checksum_mismatch: ({ name, algorithm }) => `A soma de verificação não confere: o que chegou não é «${name}» (${algorithm}). Foi descartado; tente outros espelhos.`,
  invalid_metalink: ({ reason }) => `O metalink não serve: ${reason}.`,
  invalid_list: ({ list, line, reason }) => `${list}${line === undefined ? '' : `, linha ${line}`}: ${listProblems[reason]}. Escreva um nome ou uma URL por linha.`,
  downloads_failed: ({ failed, total }) => `${failed.length} de ${total} downloads não ${failed.length === 1 ? 'terminou' : 'terminaram'}: ${failed.join(', ')}.`,
  player_failed: ({ program }) => `Não foi possível iniciar o reprodutor «${program}». Veja se está instalado, ou repita a ordem sem --reproductor e abra a URL com outro.`,
  player_broke: ({ program, status }) => `O reprodutor «${program}» terminou com um erro (estado ${status}). Experimente-o sozinho para ver o que diz, ou repita a ordem sem --reproductor e abra a URL com outro.`,
  channel_unreachable: ({ address }) => `Nenhum servidor de canais responde em ${address}. Confira que está em execução, e --ip.`,
  source_unreachable: ({ source, reason }) => `${source} não responde (${reason}).`,
  source_stalled: ({ source, silentMs }) => `${source} está há ${seconds(silentMs)} s sem enviar nada.`,
  source_refused: ({ source, status }) => `${source} recusou o pedido (HTTP ${status}).`,
  source_protocol: ({ source, reason }) => `${source} respondeu algo diferente do que foi pedido (${reason}).`,
  part_corrupt: ({ source, part }) => `${source} enviou danificada a parte ${part}; foi descartada.`,
  catalog_unavailable: ({ url, reason }) => `Não é possível usar o catálogo ${url}${reason ? ` (${reason})` : ''}. Confira --base-datos e --datos.`,
  catalog_too_new: ({ url }) => `O catálogo ${url} é de uma versão mais nova deste programa. Atualize o programa.`,
  catalog_unfinished: ({ url }) => `O catálogo ${url} estava sendo preenchido por «videocentral migrar», que não terminou. Repita a mesma ordem.`,
  catalog_not_empty: ({ url }) => `O catálogo ${url} não está vazio e nada foi copiado para ele. Escolha um banco de dados vazio.`,
  catalog_differs: ({ url, table }) => `A cópia em ${url} não é igual ao original (tabela ${table}). Pare o central que escreve nele e repita a mesma ordem.`,
  backup_elsewhere: ({ url, program }) => `A cópia de segurança do catálogo ${url} se faz com o programa próprio dele: ${program}.`,
  backup_exists: ({ path }) => `${path} já existe e fica como está. Escolha outro arquivo para a cópia de segurança.`,
  timed_out: ({ what, afterMs }) => `${what}: sem resposta em ${seconds(afterMs)} s. Tente de novo.`,
  cancelled: () => 'Cancelado.',
  internal: ({ reason }) => `Erro interno: ${reason}. Com --nivel debug veem-se os detalhes.`,
};

function seconds(ms: number): string {
  return (ms / 1000).toLocaleString('pt', { maximumFractionDigits: 1 });
}
