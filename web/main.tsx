import { render } from 'preact';
import { App } from './app.tsx';
import { chooseLanguage, loadLanguage } from './language.ts';
import { applyTheme } from './theme.ts';

applyTheme();
await loadLanguage(chooseLanguage());
render(<App />, document.querySelector('#page')!);
