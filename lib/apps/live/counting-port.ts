import type { RelayPort } from '../../domain/live/relay-messages.ts';

/** The same port, of which it is told how many bytes of slices leave by it. */
export function countingPort(port: RelayPort, onSent: (bytes: number) => void): RelayPort {
  return {
    send(to, message) {
      if (message.type === 'slice') onSent(message.slice.bytes.byteLength);
      port.send(to, message);
    },
    waitingBytes: to => port.waitingBytes(to),
    close: to => port.close(to),
  };
}
