import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useSpeech } from './language.ts';
import { Notice } from './ui/notice.tsx';

/** A view that is loaded when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const { text } = useSpeech();
    const [state, setState] = useState<'loading' | 'loaded' | 'failed'>(loaded ? 'loaded' : 'loading');
    useEffect(() => {
      if (loaded) return;
      load().then(
        component => {
          loaded = component;
          setState('loaded');
        },
        () => setState('failed'),
      );
    }, []);
    if (state === 'loaded' && loaded) {
      const Loaded = loaded;
      return <Loaded {...props} />;
    }
    if (state === 'loading') return <p class="loading" role="status">{text.loading}</p>;
    return (
      <Notice title={text.errors.title} text={text.outdated} tone="danger">
        <button class="button" type="button" onClick={() => location.reload()}>{text.actions.reload}</button>
      </Notice>
    );
  };
}
