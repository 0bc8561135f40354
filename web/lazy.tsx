import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from './api.ts';
import { useSpeech } from './language.ts';
import { sentenceOf } from './problem.ts';
import { Notice } from './ui/notice.tsx';

/** `error`: why the central cannot be asked; without it another page was made meanwhile, which has other files. */
type State = { readonly name: 'loading' | 'loaded' } | { readonly name: 'failed'; readonly error?: unknown };

/** A view that is loaded when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const { text } = useSpeech();
    const [state, setState] = useState<State>({ name: loaded ? 'loaded' : 'loading' });
    const start = () => {
      load().then(
        component => {
          loaded = component;
          setState({ name: 'loaded' });
        },
        () => api.health().then(() => setState({ name: 'failed' }), (error: unknown) => setState({ name: 'failed', error })),
      );
    };
    useEffect(() => {
      if (!loaded) start();
    }, []);
    if (state.name === 'loaded' && loaded) {
      const Loaded = loaded;
      return <Loaded {...props} />;
    }
    if (state.name !== 'failed') return <p class="loading" role="status">{text.loading}</p>;
    const { error } = state;
    return (
      <Notice title={text.errors.title} text={error === undefined ? text.outdated : sentenceOf(error, text)} tone="danger">
        {error === undefined ? (
          <button class="button" type="button" onClick={() => location.reload()}>{text.actions.reload}</button>
        ) : (
          <button class="button" type="button" onClick={start}>{text.actions.retry}</button>
        )}
      </Notice>
    );
  };
}
