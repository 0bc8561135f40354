import { VideoError } from '../../base/errors.ts';
import type { Remuxer } from '../../domain/remux.ts';
import { RemuxThread } from './remux-thread.ts';

/** So many films at once, each in a thread. */
export function createRemuxer({ runningMax }: { readonly runningMax: number }): Remuxer {
  let running = 0;
  return {
    async open(file, { fromS, signal }) {
      signal.throwIfAborted();
      if (running >= runningMax) throw new VideoError('remuxes_full', { running });
      running += 1;
      const thread = new RemuxThread(file, { fromS, signal });
      const end = async () => {
        await thread[Symbol.asyncDispose]();
        running -= 1;
      };
      try {
        await thread.open();
      } catch (error) {
        await end();
        throw error;
      }
      return { contentType: thread.contentType, fragments: thread.fragments, [Symbol.asyncDispose]: end };
    },
  };
}
