import type { UploadSender } from '../../../domain/upload-sender.ts';
import type { TusSenderOptions } from './tus-sender.ts';

/** Sends files; what speaks the protocol is loaded with the first of them, since most runs of a client send none. */
export function createUploadSender(options: TusSenderOptions = {}): UploadSender {
  return {
    async send(file, sending) {
      const { createTusSender } = await import('./tus-sender.ts');
      await createTusSender(options).send(file, sending);
    },
  };
}
