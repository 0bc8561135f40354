import { toVideoError, type VideoError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { SECOND_MS } from '../base/units.ts';
import { isPeerSource } from '../domain/download/node-source-id.ts';
import type { DownloadObserver } from '../domain/download/progress.ts';
import type { FileId } from '../domain/file.ts';
import type { PeerProblem } from '../domain/peer-inspection.ts';
import type { ControlClient, PeerReport } from '../protocol/control.ts';

export interface ReportedFile {
  readonly name: string;
  /** What is expected under the name, when that is known. */
  readonly id?: FileId | undefined;
}

export interface ReportPorts {
  readonly registry: Pick<ControlClient['peers'], 'report'>;
  readonly log: Log;
}

const PATIENCE_MS = 3 * SECOND_MS;

/** Of one download. */
export interface FileReports {
  /** For a download whose peers are called by their addresses; other sources are left alone. */
  readonly observer: DownloadObserver;
  /** Why a peer gave nothing; what an honest one may say too is not told. */
  noteFailure(address: string, error: VideoError): void;
}

/**
 * Tells the central of peers that gave wrong parts of a file, or none, in passing: whether the central hears it changes nothing
 * for who downloads.
 */
export class PeerReports {
  readonly #ports: ReportPorts;
  readonly #underWay = new Set<Promise<void>>();

  constructor(ports: ReportPorts) {
    this.#ports = ports;
  }

  /** Tells of each peer each kind of problem once. */
  of({ name, id }: ReportedFile): FileReports {
    const told = new Set<string>();
    const report = (address: string, kind: PeerProblem, part?: number) => {
      const key = `${address} ${kind}`;
      if (!isPeerSource(address) || told.has(key)) return;
      told.add(key);
      this.#tell({ address, name, kind, ...(id !== undefined && { id }), ...(part !== undefined && { part }) });
    };
    const noteFailure = (address: string, error: VideoError) => {
      const kind = problemOf(error);
      if (kind) report(address, kind);
    };
    return { observer: { onPartCorrupt: (address, part) => report(address, 'corrupt', part), onSourceFailed: noteFailure }, noteFailure };
  }

  /** Resolves when the central was told all, or could not be in time. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #tell(report: PeerReport): void {
    const { registry, log } = this.#ports;
    const telling: Promise<void> = registry
      .report(report, { signal: AbortSignal.timeout(PATIENCE_MS) })
      .catch(error => log.debug('request.failed', { operation: 'peers.report', reason: toVideoError(error).code }))
      .then(() => void this.#underWay.delete(telling));
    this.#underWay.add(telling);
  }
}

function problemOf({ code, facts }: VideoError): PeerProblem | undefined {
  switch (code) {
    case 'source_stalled':
      return 'stalled';
    case 'source_unreachable':
      return 'unreachable';
    case 'peer_refused':
      return 'refused';
    case 'peer_lacks_file':
      return 'lacks';
    case 'source_protocol':
    case 'invalid_manifest':
    case 'invalid_name':
      return 'protocol';
    case 'source_refused':
      return problemOfStatus((facts as { readonly status: number }).status);
    default:
      return undefined;
  }
}

/** 503 is said by who still reads the file, or fetches it; 401 by who wants to know who asks. */
function problemOfStatus(status: number): PeerProblem | undefined {
  if (status === 403) return 'refused';
  if (status === 404) return 'lacks';
  return status === 401 || status === 429 || status === 503 ? undefined : 'protocol';
}
