import { createStore } from './store.ts';

/** `system`: as the machine is set. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'tema';

export const theme = createStore<Theme>(read());

export function setTheme(chosen: Theme): void {
  localStorage.setItem(KEY, chosen);
  theme.set(chosen);
  applyTheme();
}

export function applyTheme(): void {
  const chosen = theme.get();
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
}

function read(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}
