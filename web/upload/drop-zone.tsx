import { useEffect, useState } from 'preact/hooks';
import { useSpeech } from '../language.ts';
import { Icon } from '../ui/icons.tsx';
import { takeFiles } from './choose-files.tsx';

/** The whole page takes files that are dropped on it. */
export function DropZone() {
  const { text } = useSpeech();
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const isOfFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!isOfFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!isOfFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      takeFiles([...event.dataTransfer!.files]);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return isOver ? <div class="drop-zone" role="status"><Icon name="upload" /><p>{text.uploads.drop}</p></div> : null;
}
