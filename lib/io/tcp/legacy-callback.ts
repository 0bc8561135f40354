import { connect, type Socket } from 'node:net';

export interface CallbackTarget {
  readonly ip: string;
  readonly port: number;
  /** Our address to call from: the one that the client knows, and believes. */
  readonly from: string;
}

export interface Callback {
  /** Stays open until the client closes it too, or until it is destroyed. */
  readonly socket: Socket;
  /** Whether the system took all bytes and what follows them is their end; it never rejects. */
  readonly sent: Promise<boolean>;
  /** Resets the connection unless all was sent: a client must not take the beginning of a block for the whole. */
  cancel(): void;
}

/** Connects to a client and sends `bytes`, which are shared and not copied, and their end. */
export function callBack({ ip, port, from }: CallbackTarget, bytes: Uint8Array): Callback {
  let isSettled = false;
  let settle!: (isSent: boolean) => void;
  const sent = new Promise<boolean>(resolve => {
    settle = isSent => {
      isSettled = true;
      resolve(isSent);
    };
  });
  // Our side ends when all is sent, whatever the client does with its own.
  const socket = connect({ host: ip, port, localAddress: from, allowHalfOpen: true, noDelay: true });
  // The error tells nothing that the end of the connection does not.
  socket.on('error', () => undefined);
  socket.once('close', () => settle(false));
  socket.resume();
  socket.write(bytes, error => {
    // Node calls this without an error also when the connection was destroyed meanwhile.
    if (error || socket.destroyed) return;
    socket.end();
    settle(true);
  });

  return {
    socket,
    sent,
    cancel() {
      if (isSettled) return;
      settle(false);
      if (socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
    },
  };
}
