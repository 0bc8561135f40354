let given = 1;

/** An address of this machine that nobody else uses: not another test of this process, nor another process. */
export function ownLoopback(): string {
  given += 1;
  return `127.${1 + ((process.pid >> 8) & 0x7f)}.${process.pid & 0xff}.${given}`;
}
