// The colours of the style sheet, for canvases: read when the theme changes, and not for each drawing.
import { createMemo, createRoot } from 'solid-js';
import { theme } from '../theme/theme.ts';

const NAMES = [
  'bg',
  'line',
  'edge',
  'ink',
  'ink2',
  'ink3',
  'accent',
  'yes',
  'no',
  'ok',
  'warn',
  'warn-fill',
  'bad',
  'bad-fill',
  'ok-tint',
  'yes-bar',
  'no-bar',
  'inverse',
  'on-inverse',
] as const;

type ColorName = (typeof NAMES)[number];

export type Palette = Readonly<Record<ColorName, string>> & {
  readonly isDark: boolean;
  readonly sans: string;
  readonly mono: string;
};

export const palette = createRoot(() =>
  createMemo((): Palette => {
    const isDark = theme() === 'dark';
    const style = getComputedStyle(document.documentElement);
    const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const colors = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Record<ColorName, string>;
    return { ...colors, isDark, sans: read('sans'), mono: read('mono') };
  }),
);
