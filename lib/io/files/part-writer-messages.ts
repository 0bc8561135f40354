/** To the writing thread: memory that later orders speak of by its number. Handing it over again each time is dear. */
export interface MemoryNotice {
  readonly type: 'memory';
  readonly memory: number;
  readonly buffer: SharedArrayBuffer;
}

/** To the writing thread. Bytes in shared memory are the asker's again after the answer. */
export interface WriteOrder {
  readonly type: 'write';
  readonly id: number;
  readonly bytes: Uint8Array | SharedBytes;
  /** In the file. */
  readonly position: number;
}

export interface SharedBytes {
  readonly memory: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** From the writing thread, an answer to each order, in the order of the orders. */
export interface WriteNews {
  readonly id: number;
  /** Absent when every byte was written. */
  readonly error?: { readonly message: string; readonly code?: string };
}
