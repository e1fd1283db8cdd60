// Lines over time, drawn by uPlot: made anew when the theme changes, resized with its box, and given data when there is some.
import { createEffect, on, onCleanup, onMount, type JSX } from 'solid-js';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { palette, type Palette } from './palette.ts';

export type SeriesProps = {
  readonly class?: string;
  readonly label: string;
  /** Times in seconds, then each series. */
  readonly data: uPlot.AlignedData;
  readonly options: (palette: Palette) => Omit<uPlot.Options, 'width' | 'height'>;
};

export function Series(props: SeriesProps): JSX.Element {
  let box!: HTMLDivElement;
  let plot: uPlot | null = null;
  const make = (): void => {
    plot?.destroy();
    const { width, height } = box.getBoundingClientRect();
    plot = new uPlot(
      { ...props.options(palette()), width: Math.max(width, 1), height: Math.max(height, 1) },
      props.data,
      box,
    );
  };
  onMount(() => {
    createEffect(on(palette, make));
    createEffect(
      on(
        () => props.data,
        (data) => plot?.setData(data),
        { defer: true },
      ),
    );
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      plot?.setSize({ width: Math.max(width, 1), height: Math.max(height, 1) });
    });
    observer.observe(box);
    onCleanup(() => {
      observer.disconnect();
      plot?.destroy();
    });
  });
  return <div ref={box} class={`series ${props.class ?? ''}`} role="img" aria-label={props.label} />;
}
