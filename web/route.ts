/** What the part of an address behind `#` shows. */
export type Route =
  | { readonly view: 'library' }
  | { readonly view: 'watch'; readonly name: string }
  | { readonly view: 'live' }
  | { readonly view: 'channel'; readonly id: string }
  | { readonly view: 'uploads' }
  | { readonly view: 'trash' }
  | { readonly view: 'machines' }
  | { readonly view: 'statistics' };

export type View = Route['view'];

const paths = { library: '/', live: '/vivo', uploads: '/subidas', trash: '/papelera', machines: '/maquinas', statistics: '/estadisticas' } as const;
const WATCH = '/ver/';
const CHANNEL = /^\/vivo\/([0-9a-f]{16})$/;

/** Whatever is not known is the library. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#/, '');
  if (path.startsWith(WATCH)) {
    try {
      return { view: 'watch', name: decodeURIComponent(path.slice(WATCH.length)) };
    } catch {
      return { view: 'library' };
    }
  }
  const [, id] = CHANNEL.exec(path) ?? [];
  if (id !== undefined) return { view: 'channel', id };
  const [view = 'library'] = Object.entries(paths).find(([, known]) => known === path) ?? [];
  return { view } as Route;
}

export function formatRoute(route: Route): string {
  if (route.view === 'watch') return `#${WATCH}${encodeURIComponent(route.name)}`;
  return route.view === 'channel' ? `#${paths.live}/${route.id}` : `#${paths[route.view]}`;
}
