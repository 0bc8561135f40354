import { randomUUID } from 'node:crypto';
import { CloseStack } from '../../base/close.ts';
import { systemClock as clock } from '../../base/clock.ts';
import { isVideoError, VideoError } from '../../base/errors.ts';
import { createLog, type Log } from '../../base/log.ts';
import type { Sink } from '../../domain/download/sink.ts';
import { ServingPace } from '../../domain/serving-pace.ts';
import { ServingSlots } from '../../domain/serving-slots.ts';
import { createShareStore } from '../../io/files/share-store.ts';
import { startFileServer, type FileServerOptions } from '../../io/http/file-server.ts';
import type { ControlClient } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { VERSION } from '../../protocol/version.ts';
import { Membership } from '../shared-folder/membership.ts';
import { OptionalGuard } from './optional-guard.ts';
import type { SharingSettings } from './settings.ts';
import { SharedFiles } from './shared-files.ts';
import { sharedSink, type FetchedFile } from './shared-sink.ts';

export interface SharingOptions {
  readonly registry: ControlClient['peers'];
  /** As people know the central. */
  readonly centralUrl: string;
  readonly log: Log;
  /** Cuts what is being served; ending lets it end for a moment. */
  readonly signal: AbortSignal;
}

/** What was given to others. */
export interface SharedAmount {
  readonly bytes: number;
  /** Addresses, as they are seen. */
  readonly peers: number;
}

export interface Sharing extends AsyncDisposable {
  /** `IP:PORT`, as others are told; undefined until the central took it in. */
  readonly address: string | undefined;
  /** The same sink, whose parts others can have. */
  share(sink: Sink, file: FetchedFile): Promise<Sink>;
  /** Leaves, lets running answers end for a moment, and tells what was given if the central ever took it in. May be called twice. */
  end(): Promise<SharedAmount>;
}

const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/**
 * Serves what is downloaded into `directory`, and what earlier runs did, and tells the central so. Whether the central takes
 * it in is not waited for, and no download depends on it.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`; or the signal's reason
 */
export async function openSharing(settings: SharingSettings, options: SharingOptions): Promise<Sharing> {
  const closing = new CloseStack();
  try {
    return await open(settings, options, closing);
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(settings: SharingSettings, { registry, centralUrl, log, signal }: SharingOptions, closing: CloseStack): Promise<Sharing> {
  const { ips, port, maxUploads, uploadBytesPerSecond } = settings;
  let membership: Membership | undefined;
  const store = createShareStore(settings.directory, { clock, centralUrl });
  const files = new SharedFiles({ store, clock, log, onChange: () => membership?.noteChange() });
  await files.load();
  const known = files.offered.size;

  const identity = randomUUID();
  const guard = new OptionalGuard(() => clock.date());
  const takers = new Set<string>();
  let bytes = 0;
  let wasTakenIn = false;
  const serving: FileServerOptions = {
    log,
    guard,
    slots: new ServingSlots(maxUploads),
    pace: uploadBytesPerSecond === undefined ? undefined : new ServingPace(uploadBytesPerSecond, clock),
    // Nobody can have a token for a name.
    manifests: { find: async name => (guard.isOpen ? files.manifestNamed(name) : undefined) },
    status: { health: () => ({ status: 'ok', peer: identity, version: VERSION }) },
    signal,
    onServed(request) {
      if (request.bytes > 0) takers.add(request.remoteAddress);
      bytes += request.bytes;
    },
  };
  const { ip, server } = await atFirst(ips, async ip => ({ ip, server: await startFileServer({ ip, port }, files, serving) }));
  // Not disposed of, which would cut the answers that are running.
  closing.defer(() => server.close({ drainMs: limits.sharingDrainMs }));

  const joining = new Membership(
    { ip: ANY_ADDRESS.has(ip) ? undefined : ip, port: server.port, identity, isGuarded: true },
    {
      registry,
      centralUrl,
      held: () => files.offered,
      onTokenKeys(keys) {
        wasTakenIn = true;
        guard.take(keys);
      },
      onOffered: address => log.info('sharing.started', { address, files: known }),
      clock,
      log: withoutCentral(log),
    },
  );
  membership = joining;
  const leaving = new AbortController();
  const running = Promise.all([joining.run(leaving.signal), files.run(leaving.signal)]);
  // Before the server drains: whoever asks now is told of others.
  closing.defer(async () => {
    leaving.abort(new VideoError('cancelled', {}));
    await running;
    await joining.leave();
  });

  let ending: Promise<SharedAmount> | undefined;
  const end = () =>
    (ending ??= closing[Symbol.asyncDispose]().then(() => {
      const amount = { bytes, peers: takers.size };
      // Nobody was told that it began.
      if (wasTakenIn) log.info('sharing.ended', amount);
      return amount;
    }));
  return {
    get address() {
      return joining.address;
    },
    share: (sink, file) => sharedSink(sink, file, { files, store, log }),
    end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

/** At the first of the addresses that this machine has. @throws VideoError as `serve` */
async function atFirst<T>([ip, next, ...others]: SharingSettings['ips'], serve: (ip: string) => Promise<T>): Promise<T> {
  try {
    return await serve(ip);
  } catch (error) {
    if (next === undefined || !isVideoError(error, 'address_unavailable')) throw error;
    return atFirst([next, ...others], serve);
  }
}

/** Whoever downloads is told of a central that is lost anyway. */
function withoutCentral(log: Log): Log {
  return createLog((level, event, fields) => {
    if (!event.startsWith('central.')) log[level](event, fields);
  }, 'debug');
}
