import { DAY_MS, KIB, MIB, MINUTE_MS } from '../base/units.ts';

/** Every limit of the wire, in one place. Bytes and milliseconds are in the names. */
export const limits = {
  /** A manifest of 1 TiB has 65 536 parts of 16 MiB, about 9 MB of JSON with the hashes for torrents. */
  bodyMaxBytes: 64 * MIB,
  /** What nobody but secondaries sends to a central is shorter by far. */
  orderMaxBytes: MIB,
  headerMaxBytes: 16 * 1024,
  /** Files a heartbeat may announce; a larger inventory goes in several, one after another. */
  inventorySliceMaxFiles: 1000,
  wantedManifestsPerHeartbeat: 50,
  copiesPerNode: 2,
  /** Files that one secondary receives at a time, and that a heartbeat tells of. */
  uploadsPerNode: 32,
  /** Room for an upload that was promised and that nobody began. */
  uploadPlaceMs: 60_000,
  /** How long a sender waits for the copies that make its file safe. */
  acknowledgeTimeoutMs: 50_000,
  /** Fields of a form with a file, beside the file. */
  formFieldsMax: 20,
  formFieldMaxBytes: 16 * KIB,
  /** Orders to copy that a node has at a time, so that it goes on to the next small file at once. */
  ordersPerNode: 32,
  /** What the orders beyond those that it carries out at once may amount to. */
  orderedAheadBytes: 256 * MIB,
  /** With a limit for repair, no more than it lets through in so long: nobody is to have a long queue while another is idle. */
  orderedAheadMs: 8000,
  zoneMaxLength: 100,
  /** Downloads of a file in a window that are worth one more replica, and how many more at most. */
  hotFileDownloads: 20,
  hotFileWindowMs: 10 * MINUTE_MS,
  hotFileExtraReplicas: 1,
  hotFilesPlanned: 100,
  /** Replicas that nobody needs, looked at a time. */
  surplusPlanned: 200,
  /** They are carried out before the next heartbeat: each is a rename and two syncs. */
  replicaOrdersPerHeartbeat: 50,
  /** Of one replica; what is bad beyond them is found by whoever asks for it. */
  badPartsListed: 200,
  /** Of one node, in each heartbeat; the others are told when these are mended. */
  damagedReplicasListed: 50,
  /** Results of verifications in one heartbeat. */
  verificationsListed: 100,
  complaintsListed: 100,
  /** Replicas that a node is told to verify or to mend, in one answer. */
  verificationsOrdered: 20,
  mendsOrdered: 10,
  pageMaxItems: 1000,
  pageDefaultItems: 100,
  searchTextMaxLength: 200,
  /** Longer than a name can be, so that who types too much is told so; whatever is longer still is not looked for. */
  askedNameMaxLength: 1000,
  clientNameMaxLength: 100,
  titleMaxLength: 200,
  descriptionMaxLength: 5000,
  contentTypeMaxLength: 100,
  nearNames: 3,
  conflictsShown: 100,
  /** Videos looked at for missing replicas at a time, the most endangered first. */
  repairsPlanned: 200,
  /** With those that could not be copied when they were tried, behind which the others wait for their turn. */
  repairsPlannedMax: 10_000,
  /** Files with too few replicas, as they are told to who asks: counted to so many, and not again for so long. */
  lackingCounted: 10_000,
  lackingFreshMs: 5000,
  /** Copies, downloads, and waiting clients that are told one by one. */
  activityListed: 200,
  /** Events that are kept for who comes later, and how many may listen at once. */
  eventsKept: 200,
  eventListeners: 32,
  /** Well below what proxies and this server itself take for a connection that died. */
  eventKeepAliveMs: 15_000,
  eventRetryMs: 2000,
  /** What may wait to be read before who does not read is sent away. */
  eventBacklogBytes: 256 * KIB,
  requestTimeoutMs: 10_000,
  /** How long a central that stops lets running requests end. */
  controlDrainMs: 2000,
  heartbeatEveryMs: 2000,
  reachTimeoutMs: 3000,
  /** While there are other centrals to ask, one that is silent for so long is checked; one that never answered, sooner. */
  centralSilenceMs: 2000,
  centralFirstSilenceMs: 300,
  /** What a central that works needs for its health at most. */
  centralCheckMs: 700,
  srvTimeoutMs: 2000,
  srvFreshMs: 60_000,
  /** Less than `reachTimeoutMs`, so that who looks for a central learns that nobody announces one. */
  mdnsWaitMs: 2000,
  mdnsRepeatMs: 1000,
  /** After the first answer, for those of other centrals. */
  mdnsGraceMs: 200,
  /** Of answers to who asks from a port of its own, in seconds as DNS tells it (RFC 6762 §6.7). */
  mdnsPlainTtlS: 10,
  /** Of the central that orders copies, when several share a catalogue. */
  repairLeaseMs: 6000,
  ticketLeaseMs: 10_000,
  ticketPollMs: 1000,
  /** For this long after its start a central believes who says that it was downloading already. */
  ticketResumeWithinMs: 60_000,
  /** What a central holds in memory of the files that it passes on, for all who watch; what they need beyond it is on its disk. */
  gatewayMemoryBytes: 48 * MIB,
  /** Buffers between what it holds and who watches, and the size of each. */
  gatewayBuffers: 64,
  gatewayBufferBytes: 256 * KIB,
  /** Films that are put into MP4 at once, for as many who watch; each has a thread. */
  remuxes: 6,
  remuxesFullRetryAfterS: 10,
  /** What one of them holds of a film: a piece of it that its container wants read whole, and the pictures from a key frame to another. */
  remuxReadMaxBytes: 32 * MIB,
  remuxFragmentMaxBytes: 32 * MIB,
  /** Of what was read, for what is read again. */
  remuxCacheBytes: MIB,
  /** Of what was read, when the parser does not forget it by itself. */
  remuxRememberedBytes: 32 * MIB,
  /** A thread that neither reads nor gives anything for so long has lost its way in a broken film. */
  remuxSilenceMs: 10_000,
  /** A block of a channel, when the film's key frames allow; and what is taken for the length of one that cannot be read. */
  liveBlockMs: 2000,
  liveBlockMaxBytes: 32 * MIB,
  /** One that says that it is longer is broken. */
  liveBlockMaxMs: 10 * MINUTE_MS,
  /** A thread that makes blocks or pieces of them, and gives none for so long, has lost its way in a broken film. */
  liveSilenceMs: 10_000,
  /** Between a film that failed on the air and its next try. */
  reelRestMs: 1000,
  dataConnectionsPerNode: 512,
  dataIdleTimeoutMs: 60_000,
  dataHeadersTimeoutMs: 10_000,
  /** An idle connection of a client that may come back for the next parts. */
  dataKeepAliveMs: 30_000,
  /** Requests that one connection may send ahead of their answers. */
  dataPipelinedRequests: 64,
  /** Buffers of one server of bytes, and the size of each: 32 MiB in all. */
  dataBuffers: 64,
  dataBufferBytes: 512 * KIB,
  /** How long running answers may go on after a server was told to stop. */
  dataDrainMs: 10_000,
  /** Whoever reads with a token asks for it again long before; a program that cannot has this long. */
  tokenLifetimeMs: 6 * 60 * MINUTE_MS,
  tokenRenewMs: 60 * MINUTE_MS,
  /** How far the clocks of two machines may be apart. */
  tokenSkewMs: MINUTE_MS,
  tokenMaxLength: 1024,
  /** By then every node has heard of a new key, which comes with the answers to heartbeats. */
  tokenKeySettleMs: 30_000,
  /** Certificates and keys. */
  pemMaxBytes: MIB,
  waitingTickets: 10_000,
  peersMax: 20_000,
  /**
   * That all peers announce together, and one of them: a million of the living, and those of the dead whose leases have not ended. A
   * million take about 190 MB of the central's memory.
   */
  peerNamesMax: 1_200_000,
  peerFilesMax: 10_000,
  peerFilesPerRequest: 1000,
  /** `[IPv6]:PORT`, with whatever zone. */
  peerAddressMaxLength: 100,
  peersPerSearch: 100,
  /** Of those that were found, that one file is fetched from at once. */
  peersPerDownload: 16,
  /** Who has its download waits so long for those that still take parts of it. */
  sharingDrainMs: 5000,
  /** A peer that says nothing for so long is not offered any more; it renews its lease three times as often. */
  peerLeaseMs: 30_000,
  /** Joining peers that are being reached at once, and that wait for it: no longer than a request may take. */
  peerChecksAtOnce: 64,
  peerChecksWaiting: 200,
  /** Peers that are looked into because somebody complained of them, at once, and complaints that wait for it. */
  peerInspectionsAtOnce: 4,
  peerComplaintsWaiting: 200,
  /** Between two looks at one peer because of one name, and because of any. */
  peerInspectionQuietMs: 30_000,
  peerInspectionGapMs: 5000,
  /** By then a peer has looked at its folder twice, and told what went. */
  peerSecondLookMs: 6000,
  /** Of the part that is read for it: silence, and the whole; who gives less than this rate has stalled. */
  peerInspectionSilenceMs: 5000,
  peerInspectionMaxMs: 60_000,
  peerInspectionMinRate: 16 * KIB,
  /** A file with more parts, over 160 GB, is not looked into: parsing its manifest would keep everybody waiting. */
  peerInspectionPartsMax: 10_000,
  peerInspectionManifestBytes: 2 * MIB,
  /** Names that are forgotten at a time when many peers died at once, so that others are answered between. */
  peerNamesForgottenAtOnce: 1000,
  /** Secondaries that gave something to one download, told when it ends. */
  sourcesReported: 1000,
  /** Of the files of saved statistics, which programs keep much smaller. */
  statisticsMaxBytes: 64 * MIB,
  /** Keys under which numbers are registered: at most 20 000 in all, a few MB of the saved file. */
  topicsMax: 100,
  keysPerTopicMax: 200,
  topicMaxLength: 64,
  topicKeyMaxLength: 255,
  numbersPerRequest: 100,
  /** How long a removed video can be restored. */
  trashKeptMs: 7 * DAY_MS,
  liveChannelMax: 9,
  /** Channels that a central knows, and those that it watches for browsers: each has a thread. */
  channelsMax: 500,
  channelsWatched: 8,
  /** A broadcaster that says nothing for so long is gone; it announces its channels three times as often. */
  channelLeaseMs: 9000,
  /** A channel that no browser asked for in so long is watched no more. */
  channelUnwatchedMs: 30_000,
  /** Of what the central watches: how late it is shown, and what each channel may take of its disk and its memory. */
  channelDelayMs: 6000,
  channelShelfBytes: 128 * MIB,
  channelPiecesBytes: 16 * MIB,
  /** Of a message of the relay, without the slice in it. */
  liveHeadMaxBytes: 16 * KIB,
  liveConnectionsMax: 512,
  liveConnectionsPerAddress: 128,
  /** Of short messages that somebody does not read, beside slices. */
  liveWaitingMaxBytes: MIB,
  /** Viewers that joined, and are called to see whether others can reach them. */
  liveReachedAtOnce: 64,
  /** Of one broadcaster; each viewer has a connection with him. */
  liveViewersMax: 20_000,
  /** By then who connected has said who he is. */
  liveHelloTimeoutMs: 3000,
  liveConnectTimeoutMs: 2000,
  /** A connection that nobody used for so long is not needed any more. */
  liveIdleMs: 30_000,
  /** A file of 100 GiB in pieces of 1 MiB takes 10 MB. */
  metalinkMaxBytes: 16 * MIB,
  metalinkMaxFiles: 1000,
  /** A list of names and URLs, and each of its lines. */
  nameListMaxBytes: 4 * MIB,
  nameListLineMaxLength: 8192,
  /** Mirrors of one file that are used; the others are left alone. */
  mirrorsPerFile: 16,
  mirrorRedirects: 5,
  mirrorConnectTimeoutMs: 10_000,
  /** For the first answer of a mirror, before anything is downloaded from it. */
  mirrorProbeTimeoutMs: 20_000,
  /** How long the other mirrors may take to answer after the first did. */
  mirrorGraceMs: 1000,
  /** About what a large file takes to be read, told as `Retry-After` by a peer that has not read it yet. */
  notReadRetryAfterS: 1,
  /** About what a few more parts take to come, told by who is asked for some that it has not fetched yet. */
  partsRetryAfterS: 1,
  /** About what a secondary that was restarted needs to be offered again, in seconds as `Retry-After` says it. */
  noSourcesRetryAfterS: 5,
  /** The old protocol of live channels. Who connects and does not say its three characters by then is dropped, as is who does not take its reply. */
  legacyRequestTimeoutMs: 2000,
  legacyConnectionsMax: 256,
  /** A list of more than 3000 clients. */
  legacyReplyMaxBytes: 64 * KIB,
  /** One block to all clients: the protocol says 2 s, of which a little is left for what a busy machine is late. */
  legacyRoundMs: 1900,
  /** Blocks that a client received and whose connections it did not close, before it gets no more. */
  legacyUnclosedBlocks: 4,
  /** Clients that are being called back to be told whether they are in. */
  legacyAnswersAtOnce: 64,
  /** What a viewer waits for: a reply, to be called back, the next bytes of a block. */
  legacyReplyTimeoutMs: 3000,
  legacyAnswerTimeoutMs: 4000,
  legacyBlockIdleMs: 3000,
  /** For a whole block, so that one that trickles in keeps no others waiting. */
  legacyBlockMaxMs: 10_000,
  /** Blocks that arrive at a viewer at once. */
  legacyBlocksAtOnce: 8,
  /** Three rounds without a block: the server may have forgotten this viewer. */
  legacySilentMs: 6000,
} as const;
