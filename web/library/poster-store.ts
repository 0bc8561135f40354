const DATABASE = 'videopartes';
const STORE = 'posters';
/** About 100 MB; then all of them are taken anew, which costs little and needs no account of their use. */
const KEPT_MAX = 3000;

let opening: Promise<IDBDatabase> | undefined;

/** Undefined when there is none, or nothing can be kept here. */
export async function keptPoster(id: string): Promise<Blob | undefined> {
  try {
    return (await answer((await store('readonly')).get(id))) as Blob | undefined;
  } catch {
    return undefined;
  }
}

/** Whether it could be kept is of no matter. */
export async function keepPoster(id: string, picture: Blob): Promise<void> {
  try {
    const posters = await store('readwrite');
    if ((await answer(posters.count())) >= KEPT_MAX) await answer(posters.clear());
    await answer(posters.put(picture, id));
  } catch {
    // It is taken again next time.
  }
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  opening ??= open();
  return (await opening).transaction(STORE, mode).objectStore(STORE);
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  return answer(request);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('no database')));
  });
}
