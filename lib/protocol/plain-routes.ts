import { wireErrors, type WireErrorCode } from './errors.ts';
import { EXPOSITION_TYPE } from './exposition.ts';
import { EVENT_STREAM_TYPE } from './event-stream.ts';
import { LIVE_PIECE_TYPE, LIVE_PLAYLIST_TYPE } from './live-playlist.ts';
import { STREAM_FORMATS } from './stream.ts';
import { LANGUAGES } from '../base/messages/index.ts';
import { TABLES } from '../domain/statistics-tables.ts';
import { RESOLUTIONS } from '../domain/time-series.ts';
import { roles } from '../domain/roles.ts';

/** Body of every error. */
export const errorSchema = {
  type: 'object',
  properties: { code: { enum: Object.keys(wireErrors) }, message: { type: 'string' }, details: { type: 'object' } },
  required: ['code', 'message', 'details'],
} as const;

const text = { type: 'string' };
const number = { type: 'integer', minimum: 0 };
const bytesOf = (...types: readonly string[]) => Object.fromEntries(types.map(type => [type, {}]));

const inQuery = (name: string, description: string, schema: object, isRequired = false) => ({ name, in: 'query', description, required: isRequired, schema });
const inPath = (name: string, description: string) => ({ name, in: 'path', description, required: true, schema: text });

const nameParameter = inPath('name', 'Percent-encoded UTF-8, exactly as it is in the catalogue');
const location = { Location: { description: 'The file at the least busy secondary that can be asked, with a token where one is needed', schema: { type: 'string', format: 'uri' } } };
const refusal = (description: string) => ({ description, content: { 'application/json': { schema: errorSchema } } });
const noBody = (description: string, headers: object = {}) => ({ description, headers });

const document = (operationId: string, summary: string, type: string, parameters: readonly object[] = []) => ({
  get: {
    operationId,
    summary,
    parameters: [nameParameter, ...parameters],
    responses: { 200: { description: 'OK', content: bytesOf(type) }, ...errors('file_not_found', 'not_found', 'no_sources') },
  },
});

const numberParameter = inPath('number', 'As the playlist names it');
const channelFile = (name: string, summary: string, type: string, parameters: readonly object[] = []) => ({
  get: {
    operationId: `channels.${name}`,
    summary,
    parameters: [inPath('id', 'Of the channel'), ...parameters],
    responses: { 200: { description: 'OK', content: bytesOf(type) }, ...errors('not_found', 'channels_full', 'channel_full') },
  },
});

const page = (operationId: string, summary: string, ...types: readonly string[]) => ({
  get: { operationId, summary, responses: { 200: { description: 'OK', content: bytesOf(...types) }, ...errors('not_found') } },
});

/**
 * What a central answers beside the contract, as OpenAPI says it: for browsers, players, download programs, forms and
 * monitors. Each has its row in `plainAccess`.
 */
export const plainRoutes = {
  '/stream': {
    get: {
      operationId: 'files.stream',
      summary: 'The file, or a range of it (RFC 9110 §14), read in order from the secondaries that have it',
      description: 'With `formato=mp4` a film of another container, Matroska for example, comes as fragmented MP4 (ISO/IEC 14496-12), made while it is sent and without decoding it: no ranges, no length.',
      parameters: [
        inQuery('id', 'Id of the file', { type: 'string', pattern: '^[0-9a-f]{64}$' }, true),
        inQuery('formato', 'Form to put the film into; without it the file comes as it is', { enum: STREAM_FORMATS }),
        inQuery('desde', 'With `formato`: seconds; the film begins at the key frame at or before them, and times in it stay those of the whole', { type: 'number', minimum: 0, default: 0 }),
        { name: 'Range', in: 'header', description: '`bytes=FIRST-LAST` or `bytes=-LAST`', required: false, schema: text },
      ],
      responses: {
        200: { description: 'OK', content: bytesOf('video/*', 'application/octet-stream') },
        206: { description: 'Partial Content', content: bytesOf('video/*', 'application/octet-stream') },
        304: noBody('Not Modified'),
        412: refusal('Precondition Failed'),
        416: refusal('Range Not Satisfiable'),
        ...errors('invalid_request', 'file_not_found', 'not_remuxable', 'no_sources', 'remuxes_full'),
      },
    },
  },
  '/channels/{id}/canal.m3u8': channelFile('playlist', 'A live channel for players and browsers (HLS, RFC 8216): the central watches it while somebody asks', LIVE_PLAYLIST_TYPE),
  '/channels/{id}/init-{number}.mp4': channelFile('init', 'What the blocks of a channel begin with, as its playlist names it', LIVE_PIECE_TYPE, [numberParameter]),
  '/channels/{id}/bloque-{number}.m4s': channelFile('block', 'A block of a channel, as its playlist names it: fragmented MP4', LIVE_PIECE_TYPE, [numberParameter]),
  '/library.m3u': {
    get: {
      operationId: 'library.playlist',
      summary: 'The catalogue as a playlist (extended M3U), in order of name',
      responses: { 200: { description: 'OK', content: bytesOf('audio/x-mpegurl') }, ...errors() },
    },
  },
  '/files/{name}': {
    get: {
      operationId: 'files.get',
      summary: 'Leads a download program to the file at a secondary, and tells of the others and of what describes it',
      parameters: [nameParameter],
      responses: {
        307: noBody('Temporary Redirect', {
          ...location,
          Link: { description: 'Other secondaries, and the documents of the file (RFC 6249)', schema: text },
          'Repr-Digest': { description: 'SHA-256 of the whole (RFC 9530)', schema: text },
          ETag: { description: 'Id of the file', schema: text },
        }),
        ...errors('invalid_request', 'file_not_found', 'no_sources'),
      },
    },
  },
  '/files/{name}.meta4': document('files.metalink', 'What describes the file and where it is: a metalink (RFC 5854)', 'application/metalink4+xml'),
  '/files/{name}.torrent': document('files.torrent', 'The same as a torrent, with each secondary as a web seed (BEP 19)', 'application/x-bittorrent', [
    inQuery('version', 'Of the torrent: BEP 3, BEP 52, or both', { enum: ['1', '2', 'hybrid'], default: 'hybrid' }),
  ]),
  '/': page('page.get', 'The page: library, watching, uploads, machines', 'text/html; charset=utf-8'),
  '/assets/{name}': { get: { ...page('page.asset', 'What the page is made of; a name stands for the same bytes for ever', 'text/javascript', 'text/css').get, parameters: [inPath('name', 'As the page names it')] } },
  '/favicon.svg': page('page.icon', 'The icon of the page', 'image/svg+xml'),
  '/sesion': {
    post: {
      operationId: 'session.open',
      summary: 'Opens a session for a browser: a cookie with which it reads what it asks for by itself',
      responses: {
        200: {
          description: 'OK',
          headers: { 'Set-Cookie': { description: 'The session; scripts cannot read it', schema: text } },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { role: { enum: roles }, expiresAtMs: number, renewInMs: { ...number, description: 'Ask for another one then' } },
                required: ['role', 'expiresAtMs', 'renewInMs'],
              },
            },
          },
        },
        ...errors(),
      },
    },
    delete: {
      operationId: 'session.end',
      summary: 'Makes the browser forget its session',
      responses: { 204: noBody('No Content', { 'Set-Cookie': { description: 'An empty one', schema: text } }), ...errors() },
    },
  },
  '/subidas': {
    post: {
      operationId: 'upload.relay',
      summary: 'Begins an upload (tus 1.0.0) that the central passes on to a secondary; HEAD, PATCH and DELETE go to the Location of the answer',
      parameters: [{ name: 'Upload-Metadata', in: 'header', description: '`filename` and, to go on later, `upload`, 64 hexadecimal digits', required: true, schema: text }],
      responses: { 201: noBody('Created', { Location: { description: 'Of the upload', schema: text } }), ...errors('invalid_request', 'name_taken', 'no_nodes', 'no_room', 'uploads_full') },
    },
  },
  '/upload': {
    post: {
      operationId: 'upload.form',
      summary: 'Stores the files of a form (RFC 7578); answers when each is safe',
      parameters: [inQuery('reemplazar', 'With `1` what has the name of a file goes to the trash', { enum: ['0', '1'], default: '0' })],
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              properties: {
                file: { type: 'string', contentMediaType: 'application/octet-stream', description: 'Any field with a file, any number of them' },
                titulo: { ...text, description: 'Of the files of the form; or `title`' },
                descripcion: { ...text, description: 'Of the files of the form; or `description`' },
                reemplazar: { enum: ['0', '1'], default: '0', description: 'Of the files that follow it; as in the query' },
              },
              required: ['file'],
            },
          },
        },
      },
      responses: {
        201: {
          description: 'Created',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  videos: {
                    type: 'array',
                    items: {
                      type: 'object',
                      properties: { name: text, id: text, sizeBytes: number, state: { const: 'stored' }, replicas: number, needed: number, wanted: number },
                      required: ['name', 'id', 'sizeBytes', 'state', 'replicas', 'needed', 'wanted'],
                    },
                  },
                },
                required: ['videos'],
              },
            },
          },
        },
        ...errors('invalid_request', 'invalid_name', 'name_taken', 'upload_corrupt', 'no_nodes', 'uploads_full', 'not_acknowledged', 'no_room'),
      },
    },
  },
  '/events': {
    get: {
      operationId: 'events.follow',
      summary: 'What the central tells at its console, as it happens: server-sent events',
      description: 'First the last 200, or those after `Last-Event-ID`; then what follows. The `data` of each is `{atMs, level, event, sentence}`.',
      parameters: [
        inQuery('idioma', 'Language of the sentences', { enum: LANGUAGES, default: 'es' }),
        inQuery('seguir', 'With `no` the answer ends after what there is', { enum: ['si', 'no'], default: 'si' }),
        { name: 'Last-Event-ID', in: 'header', description: 'The last event that was heard', required: false, schema: text },
      ],
      responses: { 200: { description: 'OK', content: { [EVENT_STREAM_TYPE]: { schema: text } } }, ...errors('invalid_request', 'listeners_full') },
    },
  },
  '/statistics.csv': {
    get: {
      operationId: 'statistics.csv',
      summary: 'One of the tables of the statistics (RFC 4180)',
      parameters: [
        inQuery('table', 'Which one', { enum: TABLES }, true),
        inQuery('resolution', 'Of `series`', { enum: RESOLUTIONS, default: 'minute' }),
      ],
      responses: { 200: { description: 'OK', content: { 'text/csv; charset=utf-8': { schema: text } } }, ...errors('invalid_request') },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics.get',
      summary: 'What Prometheus asks for: nodes, replicas, downloads, requests, memory',
      responses: { 200: { description: 'OK', content: { [EXPOSITION_TYPE]: { schema: text } } }, ...errors() },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'document.get',
      summary: 'This document',
      responses: { 200: { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } }, ...errors() },
    },
  },
  '/docs': {
    get: {
      operationId: 'document.page',
      summary: 'This document as a page, where each operation can be tried',
      responses: { 200: { description: 'OK', content: { 'text/html; charset=utf-8': { schema: text } } }, ...errors() },
    },
  },
} as const;

/** Answers with these codes, and those that any route may give. */
function errors(...codes: readonly WireErrorCode[]) {
  const all = [...new Set<WireErrorCode>(['unauthorized', 'forbidden', 'internal', ...codes])];
  const statuses = new Set(all.map(code => wireErrors[code].status));
  const content = { 'application/json': { schema: errorSchema } };
  return Object.fromEntries([...statuses].map(status => [status, { description: all.filter(code => wireErrors[code].status === status).join(', '), content }]));
}
