import { useEffect } from 'preact/hooks';
import { printable } from '../../lib/base/printable.ts';
import { useSpeech } from '../language.ts';
import { createStore, useStore } from '../store.ts';
import { Icon } from './icons.tsx';

export interface Toast {
  readonly text: string;
  readonly tone?: 'calm' | 'danger';
  readonly action?: { readonly label: string; readonly run: () => void };
}

interface Shown extends Toast {
  readonly id: number;
}

const SHOWN_MS = 8000;
/** What can be undone stays longer. */
const SHOWN_WITH_ACTION_MS = 15_000;
const SHOWN_AT_ONCE = 3;

const toasts = createStore<readonly Shown[]>([]);
let lastId = 0;

/** Says something for a while, to the eye and to a screen reader. */
export function tell(toast: Toast): void {
  lastId += 1;
  const shown = { ...toast, id: lastId };
  toasts.update(now => [...now, shown].slice(-SHOWN_AT_ONCE));
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {useStore(toasts).map(toast => <ToastItem key={toast.id} toast={toast} />)}
    </div>
  );
}

function ToastItem({ toast: { id, text: sentence, tone = 'calm', action } }: { readonly toast: Shown }) {
  const { text } = useSpeech();
  const close = () => toasts.update(now => now.filter(toast => toast.id !== id));
  useEffect(() => {
    const timer = setTimeout(close, action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  const act = () => {
    close();
    action?.run();
  };
  return (
    <div class={`toast toast-${tone}`}>
      <span>{printable(sentence)}</span>
      {action && <button class="toast-action" type="button" onClick={act}>{action.label}</button>}
      <button class="toast-close" type="button" aria-label={text.actions.close} onClick={close}><Icon name="close" /></button>
    </div>
  );
}
