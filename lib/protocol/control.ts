import { oc, type ContractRouterClient, type InferContractRouterInputs, type InferContractRouterOutputs } from '@orpc/contract';
import * as z from 'zod';
import { SERIES_KEYS } from '../domain/time-series.ts';
import { wireErrors } from './errors.ts';
import { limits } from './limits.ts';
import { activity } from './shapes/activity.ts';
import { askedName, bytes, clientName, fileId, fileName, nodeNumber, pageQuery, pathNumber, timeMs } from './shapes/basics.ts';
import { channelAnnouncement, channelId, channelOnAir } from './shapes/channels.ts';
import { explanation } from './shapes/explanation.ts';
import { heartbeat, heartbeatAnswer } from './shapes/heartbeats.ts';
import { manifest } from './shapes/manifest.ts';
import { node, nodeDecision } from './shapes/nodes.ts';
import { peerAnswer, peerJoin, peerOffer, peerReport, peerSearch, peerUpdate } from './shapes/peers.ts';
import { peerAddress, sourceAddress } from './shapes/sources.ts';
import { counts, registeredNumber, resolution, sums, topic, topicKey, topicName } from './shapes/statistics.ts';
import { givenByNode, outcome, problem, ticket } from './shapes/tickets.ts';
import { uploadAnswer, uploadState } from './shapes/uploads.ts';
import { description, media, newDescription, trashedVideo, video, videoPage } from './shapes/videos.ts';

/**
 * The control plane: every operation that the central answers, what goes in and what comes out. The same contract
 * gives the central its handlers' types and validation, programs their client, and everybody else `/openapi.json`.
 */

/** Errors that any operation may answer with; `data` holds the facts of `lib/base/errors.ts`. */
const base = oc.errors(wireErrors);

export const controlContract = {
  health: base
    .route({ method: 'GET', path: '/health', summary: 'Whether the central is alive, and what it knows' })
    .output(
      z.object({
        status: z.literal('ok'),
        version: z.string(),
        protocol: z.int(),
        uptimeMs: timeMs,
        videos: z.int().min(0),
        bytes,
        nodes: z.int().min(0),
      }),
    ),
  ready: base
    .route({ method: 'GET', path: '/ready', summary: 'Whether the central can answer what it is asked: its catalogue does' })
    .output(z.object({ status: z.literal('ready') })),
  videos: {
    list: base
      .route({ method: 'GET', path: '/videos', summary: 'The catalogue, in order of name, or the newest or the largest first' })
      .input(z.object({ ...pageQuery, order: z.enum(['name', 'date', 'size']).optional() }))
      .output(videoPage),
    search: base
      .route({ method: 'GET', path: '/search', summary: 'Videos whose name or title contains each word of q, without accents or case' })
      .input(z.object({ q: z.string().max(limits.searchTextMaxLength), ...pageQuery }))
      .output(videoPage),
    find: base
      .route({ method: 'GET', path: '/video', summary: 'One video, by id or by name' })
      .input(z.object({ id: fileId.optional(), name: askedName.optional() }))
      .output(video),
    explain: base
      .route({ method: 'GET', path: '/video/explain', summary: 'Why a video has the replicas that it has, and when it will have all' })
      .input(z.object({ name: askedName }))
      .output(explanation),
    describe: base
      .route({ method: 'PATCH', path: '/video', summary: 'Title and description of a content; an empty one is taken away, and what is not given stays' })
      .input(z.object({ id: fileId, ...newDescription }))
      .output(video),
    remove: base
      .route({ method: 'DELETE', path: '/video', inputStructure: 'detailed', summary: 'To the trash: a name, or every name of an id' })
      .input(z.object({ query: z.object({ id: fileId.optional(), name: askedName.optional() }) }))
      .output(z.object({ removed: z.array(trashedVideo) })),
    restore: base
      .route({ method: 'POST', path: '/video/restore', summary: 'Out of the trash: the last removal of a name, or one by its trash id; under another name with as' })
      .input(z.object({ name: askedName.optional(), trashId: z.int().min(1).optional(), as: askedName.optional() }))
      .output(video),
    rename: base
      .route({ method: 'POST', path: '/video/rename', summary: 'Another name for a video' })
      .input(z.object({ name: askedName, to: askedName }))
      .output(video),
  },
  trash: {
    list: base
      .route({ method: 'GET', path: '/trash', summary: 'Removed videos that can be restored, the last removed first' })
      .input(z.object(pageQuery))
      .output(z.object({ items: z.array(trashedVideo), next: z.string().optional() })),
  },
  manifests: {
    get: base
      .route({ method: 'GET', path: '/manifests/{id}', summary: 'Parts of a file and their hashes' })
      .input(z.object({ id: fileId }))
      .output(manifest),
    put: base
      .route({ method: 'PUT', path: '/manifests/{id}', summary: 'A secondary describes a file that it announced' })
      .input(manifest.extend({ media: z.object(media).optional() }))
      .output(z.object({ id: fileId })),
  },
  nodes: {
    list: base
      .route({ method: 'GET', path: '/nodes', summary: 'Secondaries and their state' })
      .output(z.object({ nodes: z.array(node), replicas: z.int().min(1), conflicts: z.array(z.object({ name: fileName, keptId: fileId, otherId: fileId, nodes: z.array(nodeNumber) })) })),
    heartbeat: base
      .route({ method: 'POST', path: '/nodes/{number}/heartbeat', summary: 'A secondary is alive; the answer carries orders' })
      .input(heartbeat)
      .output(heartbeatAnswer),
    drain: base
      .route({ method: 'POST', path: '/nodes/{number}/drain', summary: 'Copy elsewhere what a secondary holds, and give it nothing more' })
      .input(z.object({ number: pathNumber }))
      .output(nodeDecision),
    retire: base
      .route({ method: 'POST', path: '/nodes/{number}/retire', summary: 'Forget a secondary that no file needs' })
      .input(z.object({ number: pathNumber }))
      .output(nodeDecision),
    reactivate: base
      .route({ method: 'POST', path: '/nodes/{number}/reactivate', summary: 'Take back a secondary that drains or was retired' })
      .input(z.object({ number: pathNumber }))
      .output(nodeDecision),
  },
  clients: {
    register: base
      .route({ method: 'POST', path: '/clients', summary: 'A client says its name' })
      .input(z.object({ name: clientName }))
      .output(z.object({ name: clientName, downloads: z.int().min(0) })),
  },
  tickets: {
    open: base
      .route({ method: 'POST', path: '/tickets', summary: 'Ask to download a video' })
      .input(
        z.object({
          client: clientName,
          name: askedName.min(1),
          /** The ticket that a restarted central no longer knows: a download that was already running goes on at once. */
          resumes: z.uuid().optional(),
        }),
      )
      .output(ticket),
    progress: base
      .route({ method: 'POST', path: '/tickets/{ticketId}/progress', summary: 'Renew the lease; learn the place in line or the sources of now' })
      .input(z.object({ ticketId: z.uuid(), doneBytes: bytes, problems: z.array(problem).max(100) }))
      .output(ticket),
    close: base
      .route({ method: 'POST', path: '/tickets/{ticketId}/close', summary: 'The download ended' })
      .input(z.object({ ticketId: z.uuid(), outcome, elapsedMs: z.number().min(0), receivedBytes: bytes, sources: z.array(givenByNode).max(limits.sourcesReported).optional() }))
      .output(z.object({ ticketId: z.uuid() })),
  },
  uploads: {
    open: base
      .route({ method: 'POST', path: '/uploads', summary: 'Where to send a file (tus 1.0.0), unless it is here already' })
      .input(z.object({ id: fileId, name: fileName, sizeBytes: bytes, replace: z.boolean().optional(), ...description }))
      .output(uploadAnswer),
    replace: base
      .route({ method: 'POST', path: '/uploads/{id}/replace', summary: 'A secondary has a whole file: what had its name goes to the trash' })
      .input(z.object({ id: fileId, name: fileName, replaces: fileId }))
      .output(z.object({ id: fileId })),
    find: base
      .route({ method: 'GET', path: '/uploads/{id}', summary: 'Whether a file that was sent is safe' })
      .input(z.object({ id: fileId, name: fileName }))
      .output(uploadState),
  },
  peers: {
    join: base
      .route({ method: 'POST', path: '/peers', summary: 'A client serves what it has: where it is, and the first of its files' })
      .input(peerJoin)
      .output(z.object({ peer: z.uuid(), address: z.string(), ...peerAnswer })),
    update: base
      .route({ method: 'POST', path: '/peers/{peer}', summary: 'Renew the lease of a peer; files that came and went' })
      .input(peerUpdate)
      .output(z.object(peerAnswer)),
    leave: base
      .route({ method: 'DELETE', path: '/peers/{peer}', summary: 'A peer goes, and is no longer offered' })
      .input(z.object({ peer: z.uuid() }))
      .output(z.object({})),
    search: base
      .route({ method: 'GET', path: '/peers', summary: 'Peers that have a file of that very name, the least recently offered first' })
      .input(peerSearch)
      .output(z.object({ peers: z.array(peerOffer).max(limits.peersPerSearch) })),
    report: base
      .route({ method: 'POST', path: '/peers/reports', summary: 'A peer gave wrong parts, or none: the central looks for itself, and offers it no more if so' })
      .input(peerReport)
      .output(z.object({ isLookedInto: z.boolean() })),
  },
  channels: {
    list: base
      .route({ method: 'GET', path: '/channels', summary: 'Live channels on the air, in order of name' })
      .output(z.object({ channels: z.array(channelOnAir).max(limits.channelsMax) })),
    announce: base
      .route({ method: 'POST', path: '/channels', summary: 'A broadcaster tells of a channel, again before the lease ends' })
      .input(channelAnnouncement)
      .output(z.object({ id: channelId, leaseMs: timeMs })),
    withdraw: base
      .route({ method: 'DELETE', path: '/channels/{lease}', summary: 'A channel is no longer on the air' })
      .input(z.object({ lease: z.uuid() }))
      .output(z.object({})),
  },
  activity: {
    get: base
      .route({ method: 'GET', path: '/activity', summary: 'What goes on now: copies that are being made, downloads that run, and who waits' })
      .output(activity),
  },
  statistics: {
    get: base
      .route({ method: 'GET', path: '/statistics', summary: 'Finished downloads by video and by client, what each secondary gave, and the sums' })
      .output(
        z.object({
          videos: counts,
          clientes: counts,
          byNode: z.record(z.string(), z.object(sums('downloads', 'bytes', 'failures', 'hashFailures', 'reassignedParts'))),
          totals: z.object(sums('downloads', 'failed', 'cancelled', 'expired', 'receivedBytes', 'waitedMs', 'failures', 'hashFailures', 'reassignedParts')),
        }),
      ),
    series: base
      .route({ method: 'GET', path: '/statistics/series', summary: 'What came and how downloads ended, over time; stretches without anything are left out' })
      .input(z.object({ resolution: resolution.default('minute'), sinceMs: z.coerce.number<number>().int().min(0).optional() }))
      .output(
        z.object({
          resolution,
          slotMs: timeMs,
          /** Now, at the central. */
          untilMs: timeMs,
          slots: z.array(z.object({ startsAtMs: timeMs, ...sums(...SERIES_KEYS) })),
        }),
      ),
    topics: {
      list: base
        .route({ method: 'GET', path: '/statistics/topics', summary: 'Topics under which numbers were registered' })
        .output(z.object({ topics: z.array(z.object({ topic: z.string(), keys: z.int().min(0), lastAtMs: timeMs })) })),
      register: base
        .route({ method: 'POST', path: '/statistics/topics/{topic}', summary: 'Register a number under a key of a topic, or several; all of them or none' })
        .input(
          z
            .object({ topic: topicName, key: topicKey.optional(), value: z.number().optional(), numbers: z.array(registeredNumber).min(1).max(limits.numbersPerRequest).optional() })
            .refine(({ key, value, numbers }) => (numbers === undefined ? key !== undefined && value !== undefined : key === undefined && value === undefined), 'either key and value, or numbers'),
        )
        .output(topic),
      get: base
        .route({ method: 'GET', path: '/statistics/topics/{topic}', summary: 'What was registered under a topic: count, sum, extremes and last number of each key' })
        .input(z.object({ topic: topicName }))
        .output(topic),
      reset: base
        .route({ method: 'DELETE', path: '/statistics/topics/{topic}', summary: 'Forget a topic; the answer is what it was' })
        .input(z.object({ topic: topicName }))
        .output(topic),
    },
  },
};

export type ControlContract = typeof controlContract;
export type ControlClient = ContractRouterClient<ControlContract>;
type Inputs = InferContractRouterInputs<ControlContract>;
type Outputs = InferContractRouterOutputs<ControlContract>;

export type Heartbeat = Inputs['nodes']['heartbeat'];
export type HeartbeatAnswer = Outputs['nodes']['heartbeat'];
export type Order = HeartbeatAnswer['orders'][number];
export type Ticket = Outputs['tickets']['open'];
export type UploadAnswer = Outputs['uploads']['open'];
export type UploadState = Outputs['uploads']['find'];
/** As the central takes it, defaults filled in. */
export type PeerJoin = z.output<typeof peerJoin>;
export type PeerUpdate = z.output<typeof peerUpdate>;
export type PeerSearch = z.output<typeof peerSearch>;
export type PeerReport = z.output<typeof peerReport>;
export type PeerAnswer = Outputs['peers']['update'];
export type ChannelAnnouncement = z.output<typeof channelAnnouncement>;
export type ListedChannel = z.output<typeof channelOnAir>;
export type SourceAddress = z.output<typeof sourceAddress>;
export type PeerAddress = z.output<typeof peerAddress>;
export type DamagedReplica = NonNullable<Heartbeat['damaged']>[number];
export type VerifiedReplica = NonNullable<Heartbeat['verified']>[number];
export type SourceProblem = z.output<typeof problem>;
export type GivenByNode = z.output<typeof givenByNode>;
export type ListedNode = z.output<typeof node>;
export type Activity = Outputs['activity']['get'];
export type ListedVideo = z.output<typeof video>;
export type TrashedVideo = z.output<typeof trashedVideo>;
