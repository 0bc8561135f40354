import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { skipped } from './mounts.ts';

const run = promisify(execFile);
const BITS_PER_BYTE = 8;
/** What goes at once, and what waits before something is dropped, as in a modem. */
const [BURST, WAITING] = ['32kb', '400ms'];

/** A house with a line of its own: all that programs there say and hear goes over it. */
export interface OwnLine {
  /** This machine, as it is seen from there, and from here. */
  readonly ip: string;
  /** A command that runs another one there. */
  readonly through: readonly string[];
  /** In each direction. */
  narrow(bytesPerSecond: number): Promise<void>;
  widen(): Promise<void>;
}

/** A network namespace at the end of a virtual cable. Undefined where this is not allowed, which is logged and fails in CI. */
export async function openOwnLine(t: ExecutionContext): Promise<OwnLine | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return skipped(t, 'only root on Linux may lay a line');
  const { pid } = process;
  const [house, near, far] = [`vp${pid}`, `vp${pid}n`, `vp${pid}f`];
  // Of addresses that are for such measurements (RFC 2544).
  const network = `198.${18 + ((pid >> 8) & 1)}.${pid & 0xff}`;
  const through = ['nsenter', `--net=/run/netns/${house}`];
  const inside = (...command: readonly string[]) => run(through[0]!, [through[1]!, ...command]);
  try {
    await run('ip', ['netns', 'add', house]);
    t.teardown(() => run('ip', ['netns', 'del', house]));
    await run('ip', ['link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', house]);
    await run('ip', ['addr', 'add', `${network}.1/30`, 'dev', near]);
    await run('ip', ['link', 'set', near, 'up']);
    await inside('ip', 'addr', 'add', `${network}.2/30`, 'dev', far);
    await inside('ip', 'link', 'set', far, 'up');
    await inside('ip', 'link', 'set', 'lo', 'up');
  } catch (error) {
    return skipped(t, `a line cannot be laid here: ${String(error)}`);
  }
  return {
    ip: `${network}.1`,
    through,
    async narrow(bytesPerSecond) {
      const limit = ['root', 'tbf', 'rate', `${Math.round(bytesPerSecond * BITS_PER_BYTE)}bit`, 'burst', BURST, 'latency', WAITING];
      await run('tc', ['qdisc', 'replace', 'dev', near, ...limit]);
      await inside('tc', 'qdisc', 'replace', 'dev', far, ...limit);
    },
    async widen() {
      await run('tc', ['qdisc', 'del', 'dev', near, 'root']);
      await inside('tc', 'qdisc', 'del', 'dev', far, 'root');
    },
  };
}
