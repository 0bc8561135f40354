import { VideoError } from '../../base/errors.ts';
import type { Video } from '../../domain/catalog.ts';
import { parseFileName } from '../../domain/file.ts';
import type { NameOutcome, TrashedVideo } from '../../domain/trash.ts';
import { notFound, type CentralState } from './state.ts';

interface Wanted {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** Taking names away and giving them back. Nodes learn what follows from it in their heartbeats. */
export function trashHandlers(state: CentralState) {
  const { catalog, clock, log, settings } = state;

  return {
    async remove(wanted: Wanted): Promise<readonly TrashedVideo[]> {
      const removed: TrashedVideo[] = [];
      for (let name = await nameOf(wanted); name !== undefined; name = await nextNameOf(wanted)) {
        const trashed = await catalog.remove(name, { id: wanted.id, nowMs: clock.date(), keptMs: settings.trashKeptMs });
        // Somebody else was faster: of an id it is looked up again what it is called.
        if (!trashed) continue;
        log.info('video.removed', { name });
        removed.push(trashed);
      }
      if (removed.length === 0) throw await notFound(state, wanted.name ?? wanted.id ?? '');
      return removed;
    },

    async restore({ name, trashId, as }: { readonly name?: string | undefined; readonly trashId?: number | undefined; readonly as?: string | undefined }): Promise<Video> {
      const wanted = trashId !== undefined ? { trashId } : name !== undefined ? { name } : undefined;
      if (!wanted) throw new VideoError('invalid_request', { reason: 'name or trashId: one is needed' });
      if (as !== undefined) parseFileName(as);
      const outcome = await catalog.restore(wanted, { as, nowMs: clock.date() });
      const video = videoOf(outcome, () => new VideoError('not_in_trash', { name: name ?? String(trashId) }));
      log.info('video.restored', { name: video.name });
      return video;
    },

    async rename({ name, to }: { readonly name: string; readonly to: string }): Promise<Video> {
      parseFileName(to);
      const absent = await notFound(state, name);
      const video = videoOf(await catalog.rename(name, to, clock.date()), () => absent);
      log.info('video.renamed', { name, to });
      return video;
    },
  };

  async function nameOf({ id, name }: Wanted): Promise<string | undefined> {
    if (id === undefined && name === undefined) throw new VideoError('invalid_request', { reason: 'id or name: one is needed' });
    return id === undefined ? name : (await catalog.findById(id))?.name;
  }

  /** By id, all its names are meant. */
  async function nextNameOf({ id }: Wanted): Promise<string | undefined> {
    return id === undefined ? undefined : (await catalog.findById(id))?.name;
  }
}

/** @throws VideoError `name_taken`, or what `absent` gives */
function videoOf(outcome: NameOutcome, absent: () => VideoError): Video {
  switch (outcome.outcome) {
    case 'done':
      return outcome.video;
    case 'taken':
      throw new VideoError('name_taken', { name: outcome.name });
    case 'absent':
      throw absent();
    default:
      return outcome satisfies never;
  }
}
