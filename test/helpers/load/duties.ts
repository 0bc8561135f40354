import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { putFile } from '../../../lib/apps/client/put.ts';
import { TicketLine } from '../../../lib/apps/client/ticket-line.ts';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { silentLog } from '../../../lib/base/log.ts';
import { systemRandom as random } from '../../../lib/base/random.ts';
import { hashFile } from '../../../lib/io/files/hash-file.ts';
import { createUploadSender } from '../../../lib/io/http/uploads/upload-sender.ts';
import type { ControlClient } from '../../../lib/protocol/control.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import type { Caller } from './caller.ts';
import type { LoadFile, Standing } from './load-file.ts';

export const UPLOAD = 'upload';

/** Stores the file as `videocliente subir` does; tells whether that was acknowledged. */
export async function upload(caller: Caller, { standing, bytes }: LoadFile, directory: string): Promise<boolean> {
  const path = join(directory, standing.name);
  const { signal } = new AbortController();
  await writeFile(path, bytes);
  const describe = async (file: string) => (await hashFile(file, { signal })).content;
  const put = (control: ControlClient) => putFile(path, { observer: {}, signal }, { control, describe, sender: createUploadSender(), clock, random });
  return (await caller.call(UPLOAD, put)) !== undefined;
}

/** Renames, removes and restores the file; what was asked for without an answer is in doubt, and it is left alone from then on. */
export async function moveAbout(caller: Caller, file: LoadFile): Promise<void> {
  const { name, isRemoved } = file.standing;
  const isRenamed = random() < 1 / 2;
  const to: Standing = isRenamed ? { name: `${file.names[0]!.replace('.mp4', '')}, ${file.names.length}.mp4`, isRemoved: false } : { name, isRemoved: !isRemoved };
  if (isRenamed) file.names.push(to.name);
  const order = (control: ControlClient): Promise<unknown> => {
    if (isRemoved) return control.videos.restore({ name, ...(isRenamed && { as: to.name }) });
    return isRenamed ? control.videos.rename({ name, to: to.name }) : control.videos.remove({ query: { name } });
  };
  const what = isRemoved ? 'restore' : isRenamed ? 'rename' : 'remove';
  if ((await caller.call(what, order)) !== undefined) file.standing = to;
  else file.doubt = to;
}

/** Looks the file up in every way that there is, and takes a place to download it. */
export async function look(caller: Caller, file: LoadFile): Promise<void> {
  const { id, standing: { name } } = file;
  const { signal } = new AbortController();
  const find = (what: string, ask: (control: ControlClient) => Promise<readonly { readonly id: string }[]>) =>
    caller.call(what, async control => {
      if (!(await ask(control)).some(video => video.id === id)) throw new Error(`«${name}» was not found`);
    });
  await find('find', async control => [await control.videos.find({ name })]);
  await find('search', async control => (await control.videos.search({ q: name })).items);
  await find('list', async control => (await control.videos.list({ limit: limits.pageMaxItems })).items);
  file.downloads += 1;
  await caller.call('download', async control => {
    const line = await TicketLine.open(name, { control, clientName: caller.name, centralUrl: '', clock, log: silentLog, signal });
    const { sources, sizeBytes } = await line.granted();
    if (sources.length === 0) throw new Error(`«${name}» has no sources`);
    await line.close({ outcome: 'done', elapsedMs: 0, receivedBytes: sizeBytes, sources: [] });
  });
}
