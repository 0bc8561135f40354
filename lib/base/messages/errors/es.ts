import { formatBytes } from '../../units.ts';
import type { ErrorMessages } from '../index.ts';

const nameProblems = {
  empty: 'está vacío',
  too_long: 'ocupa más de 255 bytes',
  reserved: 'está reservado por el sistema',
  separator: 'contiene una barra «/»',
  control: 'contiene caracteres de control',
  hidden: 'empieza por un punto',
};
const listProblems = { empty: 'no nombra nada', control: 'tiene caracteres de control', too_long: 'es demasiado larga' };
const absentThings = { route: 'Esa dirección no existe', manifest: 'El manifiesto no existe', node: 'El secundario no existe', torrent: 'No hay torrent de ese vídeo', topic: 'No hay nada registrado en ese tema', channel: 'Ese canal no está en el aire' };
const tlsProblems = { certificate: 'no es un certificado PEM', key: 'no es una clave privada PEM sin contraseña', mismatch: 'la clave es de otro certificado' };
const remuxObstacles = { container: 'no es de un tipo que se sepa leer', codec: 'los navegadores no reproducen lo que contiene', structure: 'está dañado o hecho de trozos demasiado grandes' };
const roleNames = { reader: 'lectura', uploader: 'subida', node: 'nodo', admin: 'administración' };

export const errorsEs: ErrorMessages = {
  usage: ({ reason }) => `${reason}${reason.endsWith('?') ? '' : '.'} Con --help se ven las opciones.`,
  invalid_flag: ({ flag, value, expected }) => `${flag} no puede valer «${value}»: se espera ${expected}.`,
  invalid_name: ({ name, reason }) => `El nombre «${name}» no sirve: ${nameProblems[reason]}.`,
  invalid_request: ({ reason }) => `La petición no es válida: ${reason}.`,
  invalid_manifest: ({ reason }) => `El manifiesto recibido no es correcto (${reason}); no se usa.`,
  outcome_unknown: ({ address }) =>
    `El central ${address} dejó de responder antes de contestar, y el cambio puede estar hecho o no. Mírelo con «listar» o «papelera» y, si hace falta, repita la orden.`,
  central_unreachable: ({ address }) =>
    `No se encuentra el central en ${address}. Compruebe que está en marcha y revise --ip-central y --puerto-central.`,
  central_not_announced: ({ label, afterMs }) =>
    `En ${seconds(afterMs)} s nadie se ha anunciado en la red local como central${label ? ` «${label}»` : ''}. Arránquelo con --anunciar en una máquina de esta red, o dé su dirección con --ip-central.`,
  central_not_in_dns: ({ service, reason }) => `El DNS no dice dónde está el central: ${service} (${reason}). Revise sus registros SRV, o dé la dirección con --ip-central.`,
  central_failed: ({ address, status }) => `El central ${address} no pudo responder (HTTP ${status}). Inténtelo de nuevo en un momento.`,
  not_found: ({ what }) => `${absentThings[what]}.`,
  file_not_found: ({ name, near }) =>
    near.length > 0
      ? `No hay ningún vídeo «${name}». ¿Quería decir ${near.map(other => `«${other}»`).join(', ')}?`
      : `No hay ningún vídeo «${name}». Con «listar» se ven los que hay.`,
  not_in_trash: ({ name }) => `En la papelera no hay nada de «${name}». Con «papelera» se ve lo que hay.`,
  name_taken: ({ name }) => `El nombre «${name}» ya es de otro vídeo. Elija otro nombre, o cambie o elimine antes el de ese.`,
  method_not_allowed: ({ allowed }) => `Ahí solo se puede pedir ${allowed.join(', ')}.`,
  ticket_not_found: () => 'El central ya no conoce este turno; pida el vídeo otra vez.',
  line_full: ({ waiting }) => `Ya hay ${waiting} descargas en espera; inténtelo más tarde.`,
  listeners_full: ({ listening }) => `Ya hay ${listening} que siguen los mensajes del central; inténtelo más tarde.`,
  no_nodes: () => 'No hay ningún secundario en marcha que pueda guardar el vídeo. Arranque alguno y repita la orden.',
  no_room: ({ name, sizeBytes }) => `Ningún secundario tiene sitio para «${name}» (${formatBytes(sizeBytes, 'es')}). Libere espacio o añada un secundario.`,
  upload_corrupt: ({ name }) => `Lo que llegó no es «${name}»: se ha dañado por el camino o el archivo cambió. Se ha descartado; repita la orden.`,
  upload_not_found: () => 'Ese envío ya no existe; empiece de nuevo.',
  uploads_full: ({ running }) => `El secundario ya recibe ${running} envíos; inténtelo más tarde.`,
  not_acknowledged: ({ name, replicas, needed }) =>
    `«${name}» está en ${replicas} de los ${needed} secundarios que hacen falta para darlo por guardado. Conserve su copia y repita la orden: no se envía de nuevo.`,
  uploads_failed: ({ failed, total }) => `${failed.length} de ${total} envíos no ${failed.length === 1 ? 'terminó' : 'terminaron'}: ${failed.join(', ')}.`,
  topics_full: ({ what, max }) => (what === 'topics' ? `Ya hay ${max} temas; reinicie alguno que no se use.` : `El tema ya tiene ${max} claves y no admite más; reinícielo o use otro.`),
  peer_unknown: () => 'El central ya no conoce a este par; únase otra vez.',
  not_joined: () => 'Antes entre con JOIN.',
  not_searched: () => 'Antes busque el archivo con SEARCH.',
  already_joined: ({ address }) => `Este par ya entró como ${address}. Salga antes con LEAVE.`,
  peer_refused: ({ peer }) => `El par ${peer} rechazó la descarga. Elija otro par o inténtelo más tarde.`,
  peer_lacks_file: ({ peer, name }) => `El par ${peer} no tiene «${name}». Búsquelo de nuevo con SEARCH.`,
  contents_differ: ({ name, contents }) => `Hay ${contents} archivos distintos con el nombre «${name}». Elija con DOWNLOAD la IP y el puerto de un par.`,
  peers_failed: ({ name, peers }) =>
    peers.length > 0
      ? `Ningún par envía «${name}» ahora (${peers.join(', ')}). Lo ya descargado se conserva; pídalo de nuevo con DOWNLOAD.`
      : `Ningún otro par tiene «${name}». Búsquelo de nuevo con SEARCH.`,
  peers_full: ({ what, max }) => `El central ya no admite más pares por ahora (${max} ${what === 'peers' ? 'pares' : what === 'names' ? 'nombres anunciados' : 'en espera'}); pruebe más tarde.`,
  statistics_invalid: ({ path, program }) => `${path} no es un archivo de estadísticas guardadas de ${program}.`,
  not_remuxable: ({ name, obstacle, codecs }) => `«${name}» no se puede dar como MP4: ${remuxObstacles[obstacle]}${codecs.length > 0 ? ` (${codecs.join(', ')})` : ''}. Descárguelo.`,
  film_unusable: ({ path, obstacle, codecs }) => `No se puede emitir ${path}: ${remuxObstacles[obstacle]}${codecs.length > 0 ? ` (${codecs.join(', ')})` : ''}. Elija otra película.`,
  no_blocks: ({ path }) => `No hay bloques en ${path}. Llame a sus archivos NOMBRE_00000.mkv, NOMBRE_00001.mkv y así sucesivamente.`,
  blocks_mixed: ({ path, films }) => `Hay bloques de varias películas en ${path}: ${films.join(', ')}. Deje en la carpeta los de una.`,
  remuxes_full: ({ running }) => `El central ya convierte ${running} vídeos para otros; inténtelo más tarde.`,
  channels_full: ({ what, max }) => (what === 'announced' ? `El central ya conoce ${max} canales y no admite más por ahora.` : `El central ya da ${max} canales a navegadores y no puede con más; pruebe más tarde.`),
  channel_full: ({ name }) => `No hay sitio para más espectadores de «${name}»; pruebe más tarde.`,
  no_sources: ({ name, nodes }) =>
    nodes.length > 0
      ? `Ningún secundario con «${name}» está disponible ahora (lo tiene: ${nodes.join(', ')}). Lo ya descargado se conserva; pídalo de nuevo cuando vuelva alguno.`
      : `Ningún secundario tiene «${name}» ahora. Lo ya descargado se conserva; pídalo de nuevo más tarde.`,
  node_conflict: ({ number }) => `Ya hay otro secundario ${number} en marcha. Use otro --numero.`,
  node_needed: ({ number, files }) => `El secundario ${number} aún hace falta para ${files} ${files === 1 ? 'vídeo' : 'vídeos'}. Vacíelo antes con DRENAR ${number} y espere a que esté vaciado.`,
  node_retired: ({ number }) => `El secundario ${number} fue retirado. Para que vuelva: REACTIVAR ${number} en la consola del central.`,
  port_in_use: ({ ip, port, flag = '--puerto' }) =>
    flag === '--ip-local'
      ? `El puerto ${port} de ${ip} lo usa otro programa, y quien ve un servidor del protocolo antiguo lo necesita: ahí lo buscan. Cierre el otro programa, o dé a cada espectador de esta máquina una dirección suya con --ip-local.`
      : `El puerto ${port} de ${ip} ya está en uso. Cierre el otro programa o elija otro con ${flag} (0: cualquiera libre).`,
  address_unavailable: ({ ip }) => `Esta máquina no tiene la dirección ${ip}. Revise --ip.`,
  listen_denied: ({ ip, port }) => `No hay permiso para escuchar en ${ip}:${port}. Elija un puerto mayor que 1023.`,
  secret_required: ({ ip }) => `Para escuchar en ${ip}, fuera de esta máquina, hace falta un secreto: el que da SECRETO nodo en la consola del central, con --secreto o en VIDEOPARTES_SECRETO. Use --ip 127.0.0.1 para trabajar solo aquí.`,
  unauthorized: () => 'El central pide un secreto que valga: déselo con --secreto o en VIDEOPARTES_SECRETO.',
  role_required: ({ role }) => `El secreto no da para esto: hace falta el de ${roleNames[role]}. En el central lo muestra SECRETO.`,
  forbidden: ({ host, origin }) =>
    origin === undefined
      ? `La petición no llama a este programa por un nombre suyo (${host}): use su dirección, o arránquelo con --nombre-publico.`
      : `La petición viene de una página de otro sitio (${origin}), y no de este (${host}).`,
  tls_invalid: ({ path, problem }) => `${path}: ${tlsProblems[problem]}.`,
  central_untrusted: ({ address, reason }) => `No se sabe si ${address} es quien dice (${reason}). Revise --tls-ca y el certificado del central.`,
  disk_full: ({ path }) => `No queda sitio en el disco para ${path}. Lo verificado se conserva: libere espacio y repita la orden.`,
  path_not_writable: ({ path }) => `No se puede escribir en ${path}. Revise los permisos o elija otra carpeta.`,
  path_not_readable: ({ path }) => `No se puede leer ${path}. Revise que existe y sus permisos.`,
  path_in_use: ({ path }) => `Otro programa está usando ${path}. Espere a que termine o elija otro lugar.`,
  not_a_directory: ({ path }) => `${path} no es una carpeta. Elija otra ruta.`,
  output_exists: ({ path }) => `${path} ya existe y no se toca. Retírelo o elija otro archivo con -o.`,
  file_changed: ({ name }) => `«${name}» ha cambiado mientras se usaba. Pídalo otra vez.`,
  checksum_mismatch: ({ name, algorithm }) => `La suma de comprobación no coincide: lo que llegó no es «${name}» (${algorithm}). Se ha descartado; pruebe con otros espejos.`,
  invalid_metalink: ({ reason }) => `El metalink no sirve: ${reason}.`,
  invalid_list: ({ list, line, reason }) => `${list}${line === undefined ? '' : `, línea ${line}`}: ${listProblems[reason]}. Escriba un nombre o una URL por línea.`,
  downloads_failed: ({ failed, total }) => `${failed.length} de ${total} descargas no ${failed.length === 1 ? 'terminó' : 'terminaron'}: ${failed.join(', ')}.`,
  player_failed: ({ program }) => `No se pudo arrancar el reproductor «${program}». Compruebe que está instalado, o repita la orden sin --reproductor y abra la URL con otro.`,
  player_broke: ({ program, status }) => `El reproductor «${program}» terminó con un error (estado ${status}). Pruébelo solo para ver qué dice, o repita la orden sin --reproductor y abra la URL con otro.`,
  channel_unreachable: ({ address }) => `Ningún servidor de canales responde en ${address}. Revise que está en marcha, y --ip.`,
  source_unreachable: ({ source, reason }) => `${source} no responde (${reason}).`,
  source_stalled: ({ source, silentMs }) => `${source} lleva ${seconds(silentMs)} s sin enviar nada.`,
  source_refused: ({ source, status }) => `${source} rechazó la petición (HTTP ${status}).`,
  source_protocol: ({ source, reason }) => `${source} respondió algo distinto de lo pedido (${reason}).`,
  part_corrupt: ({ source, part }) => `${source} envió dañada la parte ${part}; se descarta.`,
  catalog_unavailable: ({ url, reason }) => `No se puede usar el catálogo ${url}${reason ? ` (${reason})` : ''}. Revise --base-datos y --datos.`,
  catalog_too_new: ({ url }) => `El catálogo ${url} es de una versión más nueva de este programa. Actualice el programa.`,
  catalog_unfinished: ({ url }) => `El catálogo ${url} se estaba llenando con «videocentral migrar», que no terminó. Repita la misma orden.`,
  catalog_not_empty: ({ url }) => `El catálogo ${url} no está vacío y no se copió nada en él. Elija una base de datos vacía.`,
  catalog_differs: ({ url, table }) => `La copia en ${url} no es igual al original (tabla ${table}). Detenga el central que escribe en él y repita la misma orden.`,
  backup_elsewhere: ({ url, program }) => `El catálogo ${url} se respalda con su propio programa: ${program}.`,
  backup_exists: ({ path }) => `${path} ya existe y no se toca. Elija otro archivo para el respaldo.`,
  timed_out: ({ what, afterMs }) => `${what}: sin respuesta en ${seconds(afterMs)} s. Inténtelo de nuevo.`,
  cancelled: () => 'Cancelado.',
  internal: ({ reason }) => `Error interno: ${reason}. Con --nivel debug se ven los detalles.`,
};

function seconds(ms: number): string {
  return (ms / 1000).toLocaleString('es', { maximumFractionDigits: 1 });
}
