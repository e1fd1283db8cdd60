import { render } from 'solid-js/web';
import './theme/tokens.css';
import './theme/base.css';
import { Page } from './page.tsx';
import { showTheme } from './theme/theme.ts';

showTheme();
render(() => <Page />, document.getElementById('page')!);
