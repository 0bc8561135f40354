import { readdir, readFile } from 'node:fs/promises';

/** What a process takes of its machine now (Linux; undefined elsewhere). */
export async function roomOf(pid: number): Promise<{ readonly handles: number; readonly rssMib: number } | undefined> {
  const handles = await readdir(`/proc/${pid}/fd`).catch(() => undefined);
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const rssKib = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  return handles && rssKib !== undefined ? { handles: handles.length, rssMib: Number(rssKib) / 1024 } : undefined;
}

/** Bytes that a process wrote to wherever: files, pipes and sockets (Linux; undefined elsewhere). */
export async function writtenBytesOf(pid: number): Promise<number | undefined> {
  const io = await readFile(`/proc/${pid}/io`, 'utf8').catch(() => '');
  const written = /^wchar:\s+(\d+)/m.exec(io)?.[1];
  return written === undefined ? undefined : Number(written);
}
