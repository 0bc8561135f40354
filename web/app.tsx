import { useEffect, useRef, useState } from 'preact/hooks';
import { printable } from '../lib/base/printable.ts';
import { api } from './api.ts';
import { setLanguage, useSpeech } from './language.ts';
import { isLanguage, languages } from './languages.ts';
import { lazy } from './lazy.tsx';
import { Library } from './library/library.tsx';
import { sentenceOf } from './problem.ts';
import { formatRoute, parseRoute, type Route, type View } from './route.ts';
import { forgetSecret, secretQuestion, secretStore } from './secret.ts';
import { useStore } from './store.ts';
import { setTheme, theme, type Theme } from './theme.ts';
import { Icon, type IconName } from './ui/icons.tsx';
import { SecretDialog } from './ui/secret-dialog.tsx';
import { tell, Toasts } from './ui/toasts.tsx';
import { DropZone } from './upload/drop-zone.tsx';
import { ChooseFiles } from './upload/choose-files.tsx';
import { runningCount, uploads } from './upload/upload-list.ts';

const Watch = lazy(async () => (await import('./watch/watch.tsx')).Watch);
const Live = lazy(async () => (await import('./live/live.tsx')).Live);
const Channel = lazy(async () => (await import('./live/channel.tsx')).Channel);
const Uploads = lazy(async () => (await import('./upload/uploads.tsx')).Uploads);
const Trash = lazy(async () => (await import('./trash/trash.tsx')).Trash);
const Machines = lazy(async () => (await import('./machines/machines.tsx')).Machines);
const Statistics = lazy(async () => (await import('./statistics/statistics.tsx')).Statistics);

const places: readonly { readonly view: Exclude<View, 'watch' | 'channel'>; readonly icon: IconName }[] = [
  { view: 'library', icon: 'library' },
  { view: 'live', icon: 'live' },
  { view: 'uploads', icon: 'upload' },
  { view: 'trash', icon: 'trash' },
  { view: 'machines', icon: 'machine' },
  { view: 'statistics', icon: 'chart' },
];

export function App() {
  const { text } = useSpeech();
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const question = useStore(secretQuestion);
  useEffect(() => {
    const follow = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const place = route.view === 'watch' ? printable(route.name) : text.nav[placeOf(route.view)];
  useEffect(() => {
    document.title = `${place} · videopartes`;
    // Whoever listens hears where they are now; at the start nothing is taken from them.
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [place]);
  return (
    <>
      <a class="skip" href="#contenido" onClick={event => { event.preventDefault(); main.current?.focus(); }}>{text.skip}</a>
      <Header view={route.view} />
      <main ref={main} id="contenido" tabIndex={-1}>{viewOf(route)}</main>
      <DropZone />
      <Toasts />
      {question && <SecretDialog question={question} />}
    </>
  );
}

function viewOf(route: Route) {
  switch (route.view) {
    case 'library':
      return <Library />;
    case 'watch':
      return <Watch key={route.name} name={route.name} />;
    case 'live':
      return <Live />;
    case 'channel':
      return <Channel key={route.id} id={route.id} />;
    case 'uploads':
      return <Uploads />;
    case 'trash':
      return <Trash />;
    case 'machines':
      return <Machines />;
    case 'statistics':
      return <Statistics />;
    default:
      return route satisfies never;
  }
}

/** Where one comes from, of views that are no place by themselves. */
function placeOf(view: View): (typeof places)[number]['view'] {
  if (view === 'watch') return 'library';
  return view === 'channel' ? 'live' : view;
}

function Header({ view }: { readonly view: View }) {
  const { text, language } = useSpeech();
  const running = runningCount(useStore(uploads));
  const shown = placeOf(view);
  return (
    <header class="header">
      <a class="brand" href={formatRoute({ view: 'library' })}><img src="/favicon.svg" alt="" width="28" height="28" /><span>videopartes</span></a>
      <nav class="nav" aria-label={text.nav.label}>
        {places.map(place => (
          <a key={place.view} href={formatRoute({ view: place.view })} aria-current={shown === place.view ? 'page' : undefined}>
            <Icon name={place.icon} />
            <span>{text.nav[place.view]}</span>
            {place.view === 'uploads' && running > 0 && <span class="badge"><span aria-hidden="true">{running}</span><span class="unseen">{text.uploads.summary(running)}</span></span>}
          </a>
        ))}
      </nav>
      <div class="header-tools">
        <select
          class="select select-quiet"
          aria-label={text.language}
          value={language}
          onChange={event => { if (isLanguage(event.currentTarget.value)) void setLanguage(event.currentTarget.value); }}
        >
          {Object.entries(languages).map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
        </select>
        <ThemeSelect />
        <LeaveButton />
        <ChooseFiles isMain />
      </div>
    </header>
  );
}

/** For who gave a secret: the browser and this tab forget what lets them in, and the page all that it shows. */
function LeaveButton() {
  const { text } = useSpeech();
  if (useStore(secretStore) === undefined) return null;
  const leave = async () => {
    try {
      await api.endSession();
      forgetSecret();
      location.reload();
    } catch (error) {
      tell({ text: sentenceOf(error, text), tone: 'danger' });
    }
  };
  return <button class="button-icon" type="button" aria-label={text.secret.leave} title={text.secret.leave} onClick={() => void leave()}><Icon name="leave" /></button>;
}

function ThemeSelect() {
  const { text } = useSpeech();
  return (
    <select class="select select-quiet" aria-label={text.theme.label} value={useStore(theme)} onChange={event => setTheme(event.currentTarget.value as Theme)}>
      {(['system', 'light', 'dark'] as const).map(one => <option key={one} value={one}>{text.theme[one]}</option>)}
    </select>
  );
}
