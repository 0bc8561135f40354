import { useId, useRef, useState } from 'preact/hooks';
import { useSpeech } from '../language.ts';
import { Icon } from '../ui/icons.tsx';

const SAID_MS = 2000;

export function CopyText({ label, value }: { readonly label: string; readonly value: string }) {
  const { text } = useSpeech();
  const [isCopied, setIsCopied] = useState(false);
  const line = useRef<HTMLInputElement>(null);
  const lineId = useId();
  const copy = async () => {
    line.current!.select();
    // On a network without TLS there is no clipboard but the old one.
    if (isSecureContext) await navigator.clipboard.writeText(value).catch(() => document.execCommand('copy'));
    else document.execCommand('copy');
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), SAID_MS);
  };
  return (
    <div class="copy">
      <label for={lineId}>{label}</label>
      <div class="copy-line">
        <input id={lineId} ref={line} readOnly value={value} onFocus={event => event.currentTarget.select()} />
        <button class="button-icon" type="button" aria-label={`${text.actions.copy}: ${label}`} onClick={() => void copy()}><Icon name={isCopied ? 'check' : 'copy'} /></button>
      </div>
      <span class="unseen" role="status">{isCopied ? text.actions.copied : ''}</span>
    </div>
  );
}
