// Light or dark: as the system has it, until somebody chooses.
import { createSignal } from 'solid-js';

type Theme = 'light' | 'dark';

const STORED_AS = 'theme';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

const isTheme = (text: string | null): text is Theme => text === 'light' || text === 'dark';
const ofSystem = (): Theme => (systemIsDark.matches ? 'dark' : 'light');
const stored = (): Theme | null => {
  const text = localStorage.getItem(STORED_AS);
  return isTheme(text) ? text : null;
};

const [theme, setTheme] = createSignal<Theme>('light');

export { theme };

/** The style sheet first: whoever hears of the change reads its colours. */
function show(next: Theme): void {
  document.documentElement.dataset['theme'] = next;
  setTheme(next);
}

show(stored() ?? ofSystem());
systemIsDark.addEventListener('change', () => show(stored() ?? ofSystem()));

/** Turns to the other one, and stays with it. */
export function toggleTheme(): void {
  const next = theme() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(STORED_AS, next);
  show(next);
}
