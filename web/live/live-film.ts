import { Hls } from 'hls.js/light';

const HLS_TYPE = 'application/vnd.apple.mpegurl';
/** The central keeps who comes first waiting until there is enough to begin with. */
const FIRST_ANSWER_MS = 15_000;
/** Behind what is seen; a channel is not seen again. */
const BEHIND_S = 30;

/** Plays a channel in an element, from where it is now. */
export class LiveFilm {
  readonly #video: HTMLVideoElement;
  readonly #hls: Hls | undefined;
  readonly #left = new AbortController();

  /** Whether this browser plays channels, by itself or with help. */
  static isPossibleIn(video: HTMLVideoElement): boolean {
    return Hls.isSupported() || video.canPlayType(HLS_TYPE) !== '';
  }

  /** `onStopped`: nothing more comes, whyever; told once. */
  constructor(video: HTMLVideoElement, url: string, onStopped: () => void) {
    this.#video = video;
    const { signal } = this.#left;
    if (Hls.isSupported()) {
      const waiting = { maxTimeToFirstByteMs: FIRST_ANSWER_MS, maxLoadTimeMs: 2 * FIRST_ANSWER_MS, timeoutRetry: null, errorRetry: null };
      // A worker would be made of text, which the page's policy does not let through; blocks are MP4 already.
      this.#hls = new Hls({ enableWorker: false, backBufferLength: BEHIND_S, manifestLoadPolicy: { default: waiting } });
      this.#hls.on(Hls.Events.ERROR, (_event, { fatal }) => {
        if (fatal && !signal.aborted) onStopped();
      });
      this.#hls.on(Hls.Events.MANIFEST_PARSED, () => this.#begin());
      this.#hls.loadSource(url);
      this.#hls.attachMedia(video);
    } else {
      for (const event of ['error', 'ended']) video.addEventListener(event, onStopped, { signal, once: true });
      video.src = url;
      this.#begin();
    }
  }

  leave(): void {
    this.#left.abort();
    this.#hls?.destroy();
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  /** Who came by an address alone, without a click, hears nothing until asking for it. */
  #begin(): void {
    const video = this.#video;
    video.play().catch(() => {
      if (this.#left.signal.aborted) return;
      video.muted = true;
      video.play().catch(() => undefined);
    });
  }
}
