import { join } from 'node:path';
import { defaultFailureDetector, type FailureDetectorSettings } from '../../domain/failure-detector.ts';
import type { TlsFiles } from '../../domain/tls-files.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../base/units.ts';
import { limits } from '../../protocol/limits.ts';

export interface CentralSettings {
  readonly ip: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** What others call this central, besides its address and the machine's name. */
  readonly publicNames: readonly string[];
  /** Whether it answers on the local network who looks for a central. */
  readonly isAnnounced: boolean;
  /** Whoever comes may read the catalogue and download; else that needs a secret as well. Means nothing on loopback. */
  readonly isReadingOpen: boolean;
  readonly tls: TlsFiles;
  readonly dataDirectory: string;
  /** `sqlite:PATH`, `postgres://…` or `memory:`. */
  readonly databaseUrl: string;
  readonly replicas: number;
  /** Downloads at once; 0 sets no limit. */
  readonly maxDownloads: number;
  readonly statisticsDirectory: string;
  readonly failureDetector: FailureDetectorSettings;
  readonly ticketLeaseMs: number;
  readonly ticketPollMs: number;
  readonly heartbeatEveryMs: number;
  /** Replicas on a node that has been down for less than this still count, so that a restart sets off no copies. */
  readonly repairDelayMs: number;
  /** Replicas count, for freeing others that nobody needs, when their node has been up for as long. */
  readonly surplusGraceMs: number;
  /** What all the copies to one secondary may take a second; undefined sets no limit. */
  readonly repairBytesPerSecond: number | undefined;
  /** A peer that says nothing for so long is no longer offered. */
  readonly peerLeaseMs: number;
  /** How often silence, leases and replicas are looked at. */
  readonly tickMs: number;
  readonly saveStatisticsEveryMs: number;
  /** How long a key signs tokens. */
  readonly rotateKeysEveryMs: number;
  /** How long a removed video can be restored. */
  readonly trashKeptMs: number;
  /** How often centrals of one catalogue tell one another what they heard of the nodes. */
  readonly shareEveryMs: number;
  /** For so long after a central died nobody orders copies. */
  readonly repairLeaseMs: number;
}

export type CentralChoices = { readonly [Key in keyof CentralSettings]?: CentralSettings[Key] | undefined };

/** Completes what was chosen with what is usual. */
export function centralSettings(choices: CentralChoices = {}): CentralSettings {
  const dataDirectory = choices.dataDirectory ?? './datos';
  return {
    ip: choices.ip ?? '127.0.0.1',
    port: choices.port ?? 50_000,
    publicNames: choices.publicNames ?? [],
    isAnnounced: choices.isAnnounced ?? false,
    isReadingOpen: choices.isReadingOpen ?? true,
    tls: choices.tls ?? {},
    dataDirectory,
    databaseUrl: choices.databaseUrl ?? `sqlite:${join(dataDirectory, 'catalogo.sqlite')}`,
    replicas: choices.replicas ?? 3,
    maxDownloads: choices.maxDownloads ?? 0,
    statisticsDirectory: choices.statisticsDirectory ?? './stats',
    failureDetector: choices.failureDetector ?? defaultFailureDetector,
    ticketLeaseMs: choices.ticketLeaseMs ?? limits.ticketLeaseMs,
    ticketPollMs: choices.ticketPollMs ?? limits.ticketPollMs,
    heartbeatEveryMs: choices.heartbeatEveryMs ?? limits.heartbeatEveryMs,
    repairDelayMs: choices.repairDelayMs ?? MINUTE_MS,
    surplusGraceMs: choices.surplusGraceMs ?? 5 * MINUTE_MS,
    repairBytesPerSecond: choices.repairBytesPerSecond,
    peerLeaseMs: choices.peerLeaseMs ?? limits.peerLeaseMs,
    tickMs: choices.tickMs ?? SECOND_MS,
    saveStatisticsEveryMs: choices.saveStatisticsEveryMs ?? 30 * SECOND_MS,
    rotateKeysEveryMs: choices.rotateKeysEveryMs ?? 30 * DAY_MS,
    trashKeptMs: choices.trashKeptMs ?? limits.trashKeptMs,
    shareEveryMs: choices.shareEveryMs ?? SECOND_MS,
    repairLeaseMs: choices.repairLeaseMs ?? limits.repairLeaseMs,
  };
}
