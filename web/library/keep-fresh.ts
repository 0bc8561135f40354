import { lookAgain } from './shelf.ts';

const EVERY_MS = 10_000;

/** While the library is seen it is as it is for others too, and comes back with the central. Returns what ends that. */
export function keepFresh(): () => void {
  const look = () => {
    if (!document.hidden) lookAgain();
  };
  const timer = setInterval(look, EVERY_MS);
  addEventListener('online', look);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    removeEventListener('online', look);
    document.removeEventListener('visibilitychange', look);
  };
}
