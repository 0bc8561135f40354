const PATIENCE_MS = 20_000;
const WIDTH = 480;
const QUALITY = 0.8;
/** A film begins black, and its first seconds are much like those of others. */
const FRACTION = 0.15;
const LATEST_S = 30;

/** A picture out of a video that nobody sees or hears. Reads as little of it as the browser can. */
export async function takeFrame(url: string, signal: AbortSignal): Promise<Blob> {
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  video.playsInline = true;
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const loaded = happened(video, 'loadedmetadata', patience);
    video.src = url;
    await loaded;
    const sought = happened(video, 'seeked', patience);
    video.currentTime = Math.min(LATEST_S, (Number.isFinite(video.duration) ? video.duration : 0) * FRACTION);
    await sought;
    if (video.videoWidth === 0) throw new Error('no picture');
    const canvas = document.createElement('canvas');
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    canvas.getContext('2d')!.drawImage(video, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((resolve, reject) => {
      canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/webp', QUALITY);
    });
  } finally {
    video.removeAttribute('src');
    video.load();
  }
}

function happened(video: HTMLVideoElement, event: 'loadedmetadata' | 'seeked', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(video.error?.message ?? 'no frame'));
    video.addEventListener(event, () => resolve(), { once: true });
    video.addEventListener('error', fail, { once: true });
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
