import { formatBytes, MINUTE_MS } from '../../units.ts';
import type { EventMessages } from '../index.ts';

const LOCALE = 'es';

/** Reasons that travel as codes, in words; other reasons are shown as they came. */
const words: Readonly<Record<string, string>> = {
  late: 'llega tarde',
  closed: 'se cerró la conexión',
  corrupt: 'partes dañadas',
  unreachable: 'no responde',
  stalled: 'dejó de enviar',
  protocol: 'respuesta distinta de la pedida',
  lacks: 'no tiene lo que anuncia',
  refused: 'no da nada a nadie más',
  done: 'completa',
  failed: 'fallida',
  cancelled: 'cancelada',
  expired: 'caducada',
  central_unreachable: 'no responde',
  outcome_unknown: 'no se sabe si se hizo',
  central_not_announced: 'nadie se ha anunciado',
  central_not_in_dns: 'el DNS no dice dónde está',
  source_unreachable: 'no responde',
  source_stalled: 'dejó de enviar',
  source_refused: 'rechazó la petición',
  source_protocol: 'respuesta distinta de la pedida',
  part_corrupt: 'parte dañada',
  changed: 'ha cambiado desde la última vez',
  no_ranges: 'su servidor no envía por partes',
  no_sources: 'ninguna fuente disponible',
  disk_full: 'disco lleno',
  path_not_writable: 'no se puede escribir',
  path_not_readable: 'no se puede leer',
  checksum_mismatch: 'no es lo que dice su suma de comprobación',
  invalid_metalink: 'metalink incorrecto',
  file_changed: 'cambió mientras se usaba',
  invalid_name: 'el nombre no sirve',
  invalid_manifest: 'manifiesto incorrecto',
  node_conflict: 'otro secundario tiene este número',
  name_taken: 'otro vídeo tiene ese nombre',
  channels_full: 'no caben más canales',
  peers_full: 'no caben más pares',
  no_room: 'no hay sitio',
  upload_corrupt: 'lo que llegó está dañado',
  output_exists: 'otro archivo tiene ese nombre aquí; renombre o elimine uno de los dos',
  timed_out: 'sin respuesta a tiempo',
  internal: 'error interno',
  central_failed: 'no pudo responder',
  invalid_request: 'petición incorrecta',
  unauthorized: 'falta la autorización',
  central_untrusted: 'su certificado no es de fiar',
  distrusted: 'su certificado no es de fiar; el central necesita --tls-ca',
  somebody_else: 'allí responde otro',
  role_required: 'el secreto es de otro papel',
  forbidden: 'no está permitido',
  not_found: 'no existe',
  file_not_found: 'no existe',
  ticket_not_found: 'turno desconocido',
  not_a_directory: 'no es una carpeta',
  path_in_use: 'lo usa otro programa',
  catalog_unavailable: 'catálogo no disponible',
  empty: 'está vacío',
  too_long: 'nombre de más de 255 bytes',
  reserved: 'nombre reservado',
  separator: 'nombre con una barra',
  control: 'nombre con caracteres de control',
  hidden: 'nombre oculto',
  channel_full: 'no hay sitio para más espectadores',
  no_channel: 'no existe ese canal',
  silent: 'en silencio',
  not_remuxable: 'no es de una forma que los reproductores tomen',
};

export const eventsEs: EventMessages = {
  'secret.created': ({ secret, path }) => `Secreto de administración, que no se volverá a mostrar: ${secret}. Queda guardado en ${path}. SECRETO muestra los de secundarios y clientes.`,
  'key.made': ({ kid }) => `Clave nueva para firmar los permisos de lectura: ${kid}.`,
  'central.listening': ({ url }) => `Central a la escucha en ${url}.`,
  'central.announced': ({ label, addresses }) => `Anunciado como ${label} en ${addresses.join(', ')}; se encuentra con --ip-central mdns:.`,
  'central.reached': ({ url }) => `Conectado con el central${named(url)}.`,
  'central.lost': ({ url, reason }) => `Sin contacto con el central${named(url)} (${inWords(reason)}). Se sigue intentando.`,
  'node.listening': ({ number, url, directory }) => `Secundario ${number} a la escucha en ${url}, carpeta ${directory}.`,
  'node.joined': ({ number, url }) => `Secundario ${number} se ha unido (${url}).`,
  'node.unreachable': ({ number, url, reason }) => `Secundario ${number} da señales de vida, pero no se llega a él en ${url}: ${inWords(reason)}.`,
  'node.secluded': ({ number, url }) => `Al secundario ${number} sólo se llega desde esta máquina (${url}). Arránquelo con --ip para que lo encuentren las demás.`,
  'node.suspected': ({ number, silentMs }) => `Secundario ${number} lleva ${seconds(silentMs)} s en silencio.`,
  'node.lost': ({ number, silentMs }) => `Secundario ${number} caído: ${seconds(silentMs)} s en silencio.`,
  'node.returned': ({ number }) => `Secundario ${number} ha vuelto.`,
  'node.refused': ({ number, url }) => `Rechazado ${url}: ya hay otro secundario ${number} en marcha.`,
  'node.rejected': ({ number, url }) => `Rechazado ${url}: el secundario ${number} fue retirado. Para que vuelva: REACTIVAR ${number}.`,
  'drain.started': ({ number, files }) => `El secundario ${number} se vacía: ${files} ${files === 1 ? 'vídeo lo necesita' : 'vídeos lo necesitan'} todavía.`,
  'drain.finished': ({ number }) => `El secundario ${number} está vaciado: ningún vídeo lo necesita. Ya se puede RETIRAR ${number}.`,
  'node.retired': ({ number }) => `Secundario ${number} retirado.`,
  'node.reactivated': ({ number }) => `El secundario ${number} vuelve a contar.`,
  'number.taken': ({ number }) => `Ya hay otro secundario ${number} en marcha. Use otro --numero o ciérrelo; se sigue intentando.`,
  'number.retired': ({ number }) => `El central retiró este secundario (${number}) y ya no cuenta con él. Para que vuelva: REACTIVAR ${number} en su consola.`,
  'heartbeat.received': ({ number, added, removed }) => {
    const news = [
      ...(added > 0 ? [`${added} ${added === 1 ? 'vídeo nuevo' : 'vídeos nuevos'}`] : []),
      ...(removed > 0 ? [`${removed} ${removed === 1 ? 'vídeo retirado' : 'vídeos retirados'}`] : []),
    ];
    return `Secundario ${number}: ${news.join(', ')}.`;
  },
  'video.announced': ({ name, number }) => `El secundario ${number} tiene «${name}».`,
  'video.conflict': ({ name, nodes }) => `Hay otro contenido con el nombre «${name}» (secundarios: ${nodes.join(', ')}). Renómbrelo o bórrelo.`,
  'video.removed': ({ name }) => `«${name}» pasa a la papelera.`,
  'video.restored': ({ name }) => `«${name}» ha vuelto de la papelera.`,
  'video.renamed': ({ name, to }) => `«${name}» se llama ahora «${to}».`,
  'trash.expired': ({ name }) => `«${name}» sale de la papelera: ya no se puede restaurar y se libera su sitio.`,
  'copy.ordered': ({ name, number, sources }) => `Al secundario ${number} se le pide copiar «${name}» de ${sources.join(', ')}.`,
  'drop.ordered': ({ name, number }) => `«${name}» tiene réplicas de sobra: al secundario ${number} se le pide que libere la suya.`,
  'copy.withdrawn': ({ name }) => `La copia de «${name}» ya no hace falta; se deja.`,
  'ticket.waiting': ({ client, name, position }) => `${client} espera para descargar «${name}» (puesto ${position}).`,
  'ticket.granted': ({ client, name }) => `${client} descarga «${name}».`,
  'ticket.resumed': ({ client, name }) => `${client} sigue descargando «${name}».`,
  'ticket.closed': ({ client, name, outcome }) => `Descarga de «${name}» por ${client}: ${inWords(outcome)}.`,
  'ticket.expired': ({ client, name }) => `${client} ya no responde; pierde su turno para «${name}».`,
  'source.reported': ({ client, number, name, problem }) => `${client} avisa: secundario ${number} falla con «${name}» (${inWords(problem)}).`,
  'client.registered': ({ name }) => `Cliente inscrito: ${name}.`,
  'file.hashing': ({ name, sizeBytes }) => `Leyendo «${name}» (${formatBytes(sizeBytes, LOCALE)})…`,
  'file.indexed': ({ name, sizeBytes, elapsedMs }) => `«${name}» listo: ${formatBytes(sizeBytes, LOCALE)} leídos en ${seconds(elapsedMs)} s.`,
  'file.changed': ({ name }) => `«${name}» ha cambiado; se lee de nuevo.`,
  'leftovers.removed': ({ copies, manifests }) => `Se borran restos sin uso de la carpeta .videopartes: ${copies} de copias sin terminar, ${manifests} manifiestos.`,
  'file.removed': ({ name }) => `«${name}» ya no está en la carpeta.`,
  'file.ignored': ({ name, reason }) => `«${name}» no se comparte: ${inWords(reason)}.`,
  'file.unreadable': ({ name, reason }) => `«${name}» no se puede leer: ${inWords(reason)}.`,
  'upload.begun': ({ name, arrivedBytes }) => `Recibiendo «${name}»${arrivedBytes > 0 ? `; ${formatBytes(arrivedBytes, LOCALE)} ya estaban` : ''}.`,
  'upload.taken': ({ name, sizeBytes }) => `«${name}» recibido y verificado (${formatBytes(sizeBytes, LOCALE)}).`,
  'upload.failed': ({ name, reason }) => `«${name}» no se pudo recibir: ${inWords(reason)}.`,
  'upload.acknowledged': ({ name, replicas, wanted }) => `«${name}» guardado: ${replicas} de ${wanted} réplicas.`,
  'copy.started': ({ name, sizeBytes, sources }) => `Copiando «${name}» (${formatBytes(sizeBytes, LOCALE)}) de ${sources.join(', ')}.`,
  'copy.finished': ({ name, elapsedMs }) => `Copia de «${name}» completa en ${seconds(elapsedMs)} s.`,
  'copy.failed': ({ name, reason }) => `La copia de «${name}» no terminó: ${inWords(reason)}. Se volverá a intentar.`,
  'replica.trashed': ({ name }) => `«${name}» pasa a la papelera de la carpeta.`,
  'replica.restored': ({ name }) => `«${name}» vuelve de la papelera a la carpeta.`,
  'replica.renamed': ({ name, to }) => `«${name}» se llama ahora «${to}» en la carpeta.`,
  'replica.dropped': ({ name }) => `Liberado el sitio de «${name}».`,
  'replica.failed': ({ order, name, reason }) => `No se pudo cumplir la orden «${order}» sobre «${name}»: ${inWords(reason)}. Se volverá a intentar.`,
  'replica.damaged': ({ name, parts, number }) => `${whose(number)} «${name}» tiene ${damaged(parts)}: ya no se sirven y se buscan en otros.`,
  'replica.mended': ({ name, parts, number }) => `${whose(number)} «${name}» está entera otra vez: ${renewed(parts)}.`,
  'scrub.finished': ({ name, sizeBytes, badParts }) => `Revisado «${name}» (${formatBytes(sizeBytes, LOCALE)}): ${badParts === 0 ? 'todo bien' : damaged(badParts)}.`,
  'verify.ordered': ({ name, number }) => `Al secundario ${number} se le pide revisar «${name}».`,
  'request.served': ({ name, start, end, client }) => `Enviados a ${client} los bytes ${start}–${end} de «${name}».`,
  'request.aborted': ({ name, client }) => `${client} dejó a medias un trozo de «${name}».`,
  'source.failed': ({ source, reason, parts }) => `${source} falla (${inWords(reason)}); ${plural(parts)}.`,
  'source.joined': ({ source }) => `Nueva fuente: ${source}.`,
  'source.left': ({ source }) => `${source} deja de ser fuente.`,
  'source.returned': ({ source }) => `${source} ha vuelto y recibe trabajo.`,
  'source.corrupt': ({ source, part }) => `${source} envió dañada la parte ${part}; se pide a otra fuente.`,
  'sources.awaited': ({ name }) => `Ninguna fuente de «${name}» responde ahora; se espera a que vuelva alguna.`,
  'download.restarted': ({ name, reason }) => `«${name}» empieza de nuevo: ${inWords(reason)}.`,
  'download.resumed': ({ name, bytes }) => `«${name}» continúa: ${formatBytes(bytes, LOCALE)} ya estaban descargados.`,
  'peer.joined': ({ address, files }) => `${['Se une el par', address, 'con los archivos', ...files].join(' ')}.`,
  'peer.searched': ({ address, name }) => `El par ${address} busca el archivo ${name}.`,
  'peer.left': ({ address }) => `El par ${address} se va.`,
  'peer.lost': ({ address }) => `El par ${address} ya no da señales de vida; no se ofrece más.`,
  'peer.reported': ({ address, name, problem }) => `Se quejan del par ${address} por «${name}» (${inWords(problem)}); el central lo comprueba.`,
  'peer.distrusted': ({ address, name, reason, forMs }) => `El par ${address} no cumple con «${name}» (${inWords(reason)}): no se ofrece a nadie durante ${Math.round(forMs / MINUTE_MS)} min.`,
  'peer.unreachable': ({ address, reason }) => `Al par ${address} no se llega (${inWords(reason)}): no se ofrece a los demás.`,
  'peer.refused': ({ url, reason }) => `El central${named(url)} no admite lo que anuncia este par (${inWords(reason)}). Se sigue intentando.`,
  'sharing.started': ({ address, files }) => `Se comparte en ${address}: lo que se descargue${files === 0 ? '' : ` y ${files === 1 ? 'un archivo que ya estaba' : `${files} archivos que ya estaban`}`}.`,
  'sharing.withdrawn': ({ name }) => `«${name}» ya no es lo que se descargó: no se comparte más.`,
  'sharing.ended': ({ bytes, peers }) => `Se compartieron ${formatBytes(bytes, LOCALE)} con ${peers === 1 ? '1 par' : `${peers} pares`}.`,
  'viewer.joined': ({ channel, address }) => `El espectador ${address} entra en el canal ${channel}.`,
  'viewer.refused': ({ channel, address, reason }) => `El espectador ${address} no entra en el canal ${channel}: ${inWords(reason)}.`,
  'viewer.left': ({ channel, address }) => `El espectador ${address} sale del canal ${channel}.`,
  'viewer.removed': ({ channel, address }) => `Se quita al espectador ${address} del canal ${channel}: no se le pudieron entregar dos bloques seguidos.`,
  'broadcast.started': ({ address, relayPort }) => `Se emite en ${address}, y para la retransmisión en el puerto ${relayPort}.`,
  'channel.on_air': ({ channel, path }) => `El canal ${channel} está en el aire: ${path}.`,
  'channel.announced': ({ channel, name, address }) => `Canal ${channel} anunciado: «${name}», en ${address}.`,
  'channel.gone': ({ channel, name, address }) => `El canal ${channel} de ${address} («${name}») ya no está en el aire.`,
  'channel.unannounced': ({ url, reason }) => `El central${named(url)} no admite los canales que se le anuncian (${inWords(reason)}). Se sigue intentando.`,
  'channel.interrupted': ({ channel, reason }) => `El canal ${channel} se interrumpe: no se puede leer lo que emite (${inWords(reason)}). Se sigue intentando.`,
  'channel.awaited': ({ channel, address }) => `Nadie emite en ${address}. Se espera al canal ${channel}.`,
  'channel.playable': ({ channel, url }) => `Abra ${url} en un reproductor para ver el canal ${channel}.`,
  'channel.block': ({ channel, number, bytes, lagMs }) => `Canal ${channel}: bloque ${number}, ${formatBytes(bytes, LOCALE)}, ${lagMs} ms después de emitirse.`,
  'relay.unreachable': ({ channel }) => `Los demás no pueden conectarse a este espectador: recibe el canal ${channel} y no lo retransmite.`,
  'relay.leading': ({ channel, address }) => `Este espectador recibe el canal ${channel} del servidor ${address} y lo retransmite a los demás.`,
  'relay.lost': ({ channel, address, slice, reason }) => `Canal ${channel}: ${address} deja de dar la rebanada ${slice} (${inWords(reason)}).`,
  'channel.joined': ({ channel, address }) => `Se recibe el canal ${channel} de ${address}.`,
  'channel.full': ({ channel, address }) => `El canal ${channel} de ${address} está lleno. Se sigue intentando.`,
  'channel.lost': ({ channel, address, reason }) => `No llega nada del canal ${channel} de ${address} (${inWords(reason)}). Se sigue intentando.`,
  'live.missed': ({ channel, first, last }) => `Canal ${channel}: ${first === last ? `el bloque ${first} no llegó` : `los bloques ${first} a ${last} no llegaron`} a tiempo y no se ${first === last ? 'muestra' : 'muestran'}.`,
  'live.short': ({ channel }) => `Canal ${channel}: llega menos de lo que se emite y faltan muchos bloques; se muestran los que llegan a tiempo. Si dura, la línea no da para este canal.`,
  'live.steady': ({ channel, number }) => `Canal ${channel}: los bloques llegan a tiempo de nuevo; el ${number} ya se muestra.`,
  'live.discarded': ({ channel, number }) => `Canal ${channel}: el bloque ${number} se borra antes de tiempo porque el espacio para bloques está lleno.`,
  'live.unstored': ({ channel, number, reason }) => `Canal ${channel}: no se pudo guardar el bloque ${number} (${inWords(reason)}). Se sigue sin él.`,
  'live.stored': ({ channel, number }) => `Canal ${channel}: los bloques se guardan de nuevo, desde el ${number}.`,
  'live.unplayable': ({ channel, number, reason }) => `Canal ${channel}: el bloque ${number} no se puede mostrar (${inWords(reason)}). Se sigue sin él.`,
  'statistics.saved': ({ path }) => `Estadísticas guardadas en ${path}.`,
  'statistics.failed': ({ path, reason }) => `No se pudieron guardar las estadísticas en ${path}: ${inWords(reason)}.`,
  'statistics.unreadable': ({ path, keptAs }) => `Las estadísticas de ${path} no se entienden; se guardan aparte como ${keptAs} y se empieza de nuevo.`,
  'program.stopping': () => 'Terminando… (Ctrl-C otra vez para no esperar)',
  'request.failed': ({ operation, reason }) => `Falló «${operation}»: ${inWords(reason)}.`,
};

function whose(number: number | undefined): string {
  return number === undefined ? 'La copia de' : `Secundario ${number}: la copia de`;
}

function damaged(parts: number): string {
  return parts === 1 ? '1 parte dañada' : `${parts} partes dañadas`;
}

function renewed(parts: number): string {
  return parts === 1 ? '1 parte renovada' : `${parts} partes renovadas`;
}

function inWords(reason: string): string {
  return Object.hasOwn(words, reason) ? words[reason]! : reason;
}

function plural(parts: number): string {
  if (parts === 0) return 'no tenía partes pendientes';
  return parts === 1 ? 'su parte pasa a otra fuente' : `sus ${parts} partes pasan a otras fuentes`;
}

function seconds(ms: number): string {
  return (ms / 1000).toLocaleString(LOCALE, { maximumFractionDigits: 1 });
}

/** An address that is not known is not shown. */
function named(url: string): string {
  return url === '' ? '' : ` ${url}`;
}
