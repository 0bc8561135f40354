import { useRef } from 'preact/hooks';
import { useSpeech } from '../language.ts';
import { formatRoute } from '../route.ts';
import { Icon } from '../ui/icons.tsx';
import { addFiles } from './upload-list.ts';

/** Takes files, and shows how they go. */
export function takeFiles(files: Iterable<File>): void {
  addFiles(files);
  location.hash = formatRoute({ view: 'uploads' });
}

/** A button that lets a person choose files. */
export function ChooseFiles({ isMain = false }: { readonly isMain?: boolean }) {
  const { text } = useSpeech();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button class={`button button-main${isMain ? ' button-upload' : ''}`} type="button" onClick={() => input.current!.click()}>
        <Icon name="upload" />
        <span>{isMain ? text.actions.upload : text.uploads.choose}</span>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={event => {
          const { files } = event.currentTarget;
          if (files && files.length > 0) takeFiles([...files]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
