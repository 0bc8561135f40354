import { useState } from 'preact/hooks';
import { useSpeech } from '../language.ts';
import type { SecretQuestion } from '../secret.ts';
import { Dialog } from './dialog.tsx';

export function SecretDialog({ question: { isWrong, role, answer } }: { readonly question: SecretQuestion }) {
  const { text } = useSpeech();
  const [secret, setSecret] = useState('');
  const roles: Readonly<Record<string, string>> = text.secret.roles;
  const problem = role !== undefined ? text.secret.role(roles[role] ?? role) : isWrong ? text.secret.wrong : undefined;
  return (
    <Dialog title={text.secret.title} onClose={() => answer(undefined)}>
      <form
        onSubmit={event => {
          event.preventDefault();
          if (secret.trim() !== '') answer(secret.trim());
        }}
      >
        <p>{text.secret.text}</p>
        {problem !== undefined && <p class="problem" role="alert">{problem}</p>}
        <label class="field">
          <span>{text.secret.label}</span>
          <input type="password" autocomplete="off" value={secret} onInput={event => setSecret(event.currentTarget.value)} />
        </label>
        <div class="dialog-actions">
          <button class="button" type="button" onClick={() => answer(undefined)}>{text.actions.cancel}</button>
          <button class="button button-main" type="submit">{text.secret.enter}</button>
        </div>
      </form>
    </Dialog>
  );
}
