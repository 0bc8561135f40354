import type { DownloadObserver } from '../../domain/download/progress.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import type { Screen } from './screen.ts';
import { createBars } from './progress-bars.ts';
import { createPlainProgress } from './progress-lines.ts';
import { createJsonProgress } from './json-lines.ts';

/** Downloads as people (or programs) see them move; several may be open at once. */
export interface Progress {
  open(name: string): ProgressView;
}

export interface ProgressView {
  readonly observer: DownloadObserver;
  /** Place in the central's waiting list; 1 is next. */
  readonly onWaiting: (position: number) => void;
  /** The download ended, well or badly: its bars go away. May be called twice. */
  close(): void;
}

export interface ProgressOptions {
  readonly screen: Screen;
  readonly language: Language;
  readonly messages: Messages;
}

/** Bars on a terminal, plain lines at each quarter elsewhere, JSON lines with `--json`. */
export function createProgress(options: ProgressOptions): Progress {
  if (options.screen.isJson) return createJsonProgress(options.screen);
  return options.screen.isTerminal ? createBars(options) : createPlainProgress(options);
}
