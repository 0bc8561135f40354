import { useEffect, useState } from 'preact/hooks';

/** A value that is shown in several places. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  update(change: (value: T) => T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  const listeners = new Set<() => void>();
  let current = initial;
  const set = (value: T) => {
    if (Object.is(value, current)) return;
    current = value;
    for (const listener of listeners) listener();
  };
  return {
    get: () => current,
    set,
    update: change => set(change(current)),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The value of now; the component is drawn again with each new one. */
export function useStore<T>(store: Store<T>): T {
  const [, show] = useState(() => store.get());
  useEffect(() => {
    const follow = () => show(() => store.get());
    // It may have changed since the drawing; where it did not, nothing is drawn again.
    follow();
    return store.subscribe(follow);
  }, [store]);
  return store.get();
}
