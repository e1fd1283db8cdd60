// Light or dark: as the system has it, until somebody chooses.
import { createSignal } from 'solid-js';

export type Theme = 'light' | 'dark';

const STORED_AS = 'theme';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

const isTheme = (text: string | null): text is Theme => text === 'light' || text === 'dark';

const stored = localStorage.getItem(STORED_AS);
const [chosen, setChosen] = createSignal<Theme | null>(isTheme(stored) ? stored : null);
const [isDark, setIsDark] = createSignal(systemIsDark.matches);
systemIsDark.addEventListener('change', ({ matches }) => setIsDark(matches));

export const theme = (): Theme => chosen() ?? (isDark() ? 'dark' : 'light');

/** Turns to the other one, and stays with it. */
export function toggleTheme(): void {
  const next = theme() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(STORED_AS, next);
  setChosen(next);
  showTheme();
}

export function showTheme(): void {
  const now = chosen();
  if (now) document.documentElement.dataset['theme'] = now;
}
