import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons.tsx';

interface NoticeProps {
  readonly title: string;
  readonly text: string;
  readonly icon?: IconName;
  readonly tone?: 'calm' | 'danger';
  readonly children?: ComponentChildren;
}

/** In the place of what is not there: what happened, and what to do. */
export function Notice({ title, text, icon = 'film', tone = 'calm', children }: NoticeProps) {
  return (
    <section class={`notice notice-${tone}`} role={tone === 'danger' ? 'alert' : undefined}>
      <Icon name={tone === 'danger' ? 'warning' : icon} />
      <h2>{title}</h2>
      <p>{text}</p>
      {children !== undefined && <div class="notice-actions">{children}</div>}
    </section>
  );
}
