const listeners = new WeakMap<Element, (isSeen: boolean) => void>();

/** One for all: each of its own would be asked at each frame. */
const watcher = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
});

/** Tells when the element comes into sight and leaves it, first of all how it is now. Returns what ends that. */
export function watchSight(element: Element, listener: (isSeen: boolean) => void): () => void {
  listeners.set(element, listener);
  watcher.observe(element);
  return () => {
    watcher.unobserve(element);
    listeners.delete(element);
  };
}
