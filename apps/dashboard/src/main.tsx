import { render } from 'solid-js/web';
import './theme/tokens.css';
import './theme/base.css';
import { Page } from './page.tsx';

render(() => <Page />, document.getElementById('page')!);
