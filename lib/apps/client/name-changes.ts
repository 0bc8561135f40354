import type { CommandOutput } from '../../base/command.ts';
import { isVideoError } from '../../base/errors.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import { formatBytes } from '../../base/units.ts';
import type { ControlClient, TrashedVideo } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';

export interface NameChangesPorts {
  readonly control: ControlClient;
  readonly language: Language;
  readonly messages: Messages;
}

/** @throws VideoError `file_not_found`, `unauthorized`; those before the one that failed are removed */
export async function removeVideos(names: readonly string[], ports: NameChangesPorts, output: CommandOutput, signal: AbortSignal): Promise<void> {
  const { control, messages } = ports;
  for (const name of names) {
    const { removed } = await control.videos.remove({ query: { name } }, { signal });
    for (const video of removed) {
      output.line(messages.trash.removed(video.name, dateOf(video.expiresAtMs, ports)));
      output.record(video);
    }
  }
}

/**
 * `wanted` is a name, or the number that `papelera` shows.
 *
 * @throws VideoError `not_in_trash`, `name_taken`, `invalid_name`, `unauthorized`
 */
export async function restoreVideo(wanted: string, as: string | undefined, { control, messages }: NameChangesPorts, output: CommandOutput, signal: AbortSignal): Promise<void> {
  const name = as === undefined ? {} : { as };
  const video = await control.videos.restore({ name: wanted, ...name }, { signal }).catch((error: unknown) => {
    const trashId = Number(wanted);
    if (!isVideoError(error, 'not_in_trash') || !Number.isSafeInteger(trashId) || trashId < 1) throw error;
    return control.videos.restore({ trashId, ...name }, { signal });
  });
  output.line(messages.trash.restored(video.name));
  output.record(video);
}

/** @throws VideoError `file_not_found`, `name_taken`, `invalid_name`, `unauthorized` */
export async function renameVideo(name: string, to: string, { control, messages }: NameChangesPorts, output: CommandOutput, signal: AbortSignal): Promise<void> {
  const video = await control.videos.rename({ name, to }, { signal });
  output.line(messages.trash.renamed(name, video.name));
  output.record(video);
}

export async function showTrash(ports: NameChangesPorts, output: CommandOutput, signal: AbortSignal): Promise<void> {
  const { control, language, messages } = ports;
  const { headings, isEmpty } = messages.trash;
  const removed: TrashedVideo[] = [];
  let after: string | undefined;
  do {
    const page = await control.trash.list({ limit: limits.pageMaxItems, ...(after !== undefined && { after }) }, { signal });
    removed.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  if (removed.length === 0) return output.line(isEmpty);
  const rows = removed.map(({ trashId, name, sizeBytes, removedAtMs, expiresAtMs }) => [
    String(trashId),
    name,
    formatBytes(sizeBytes, language),
    dateOf(removedAtMs, ports),
    dateOf(expiresAtMs, ports),
  ]);
  output.table(headings, rows, removed);
}

function dateOf(ms: number, { language }: Pick<NameChangesPorts, 'language'>): string {
  return new Date(ms).toLocaleString(language, { dateStyle: 'short', timeStyle: 'short' });
}
