import { render } from 'preact';
import { App } from './app.tsx';
import { chooseLanguage, loadLanguage } from './language.ts';
import { resumeSession } from './secret.ts';
import { applyTheme } from './theme.ts';

applyTheme();
resumeSession();
await loadLanguage(chooseLanguage());
render(<App />, document.querySelector('#page')!);
