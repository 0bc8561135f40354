import { fileUrl } from '../api.ts';
import { shellOperand, shellWord } from '../format.ts';
import { useSpeech } from '../language.ts';
import { CopyText } from './copy-text.tsx';

/** How the file is fetched without the page. */
export function Commands({ name }: { readonly name: string }) {
  const { text } = useSpeech();
  const { hostname, port, protocol, origin } = location;
  const place = protocol === 'https:' ? `--ip-central ${origin}` : `--ip-central ${hostname} --puerto-central ${port || '80'}`;
  return (
    <>
      <CopyText label={text.watch.client} value={`videocliente descargar ${place} ${shellOperand(name)}`} />
      <CopyText label={text.watch.curl} value={`curl -fL ${shellWord(origin + fileUrl(name))} -o ${shellWord(name)}`} />
    </>
  );
}
