// A canvas that always has the size of its box in whole device pixels, and is drawn anew when what it shows, its size or the
// theme changes. What it shows is in a table too, for whoever does not see it.
import { createReaction, onCleanup, onMount, type JSX } from 'solid-js';
import { createFrame } from './frame.ts';
import { palette, type Palette } from './palette.ts';

export type Drawing = {
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels; the context is scaled. */
  readonly width: number;
  readonly height: number;
  /** Device pixels in a CSS pixel. */
  readonly ratio: number;
  readonly palette: Palette;
};

export type SurfaceProps = {
  readonly class?: string;
  /** What it is, for whoever does not see it. */
  readonly label: string;
  /** Reads signals; it is run with the next frame after any of them changes. */
  readonly draw: (drawing: Drawing) => void;
  /** @default no keyboard, no pointer */
  readonly handlers?: JSX.CanvasHTMLAttributes<HTMLCanvasElement>;
  readonly canvas?: (element: HTMLCanvasElement) => void;
};

export function Surface(props: SurfaceProps): JSX.Element {
  let canvas!: HTMLCanvasElement;
  let size = { width: 0, height: 0 };
  // What the drawing reads is tracked, and a change of it asks for a frame; the drawing itself waits for that.
  const frame = createFrame(() => track(paint));
  const track = createReaction(frame.request);

  const paint = (): void => {
    const { width, height } = size;
    const context = canvas.getContext('2d');
    if (!context || width === 0 || height === 0) return;
    const ratio = devicePixelRatio;
    const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
    if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    props.draw({ context, width, height, ratio, palette: palette() });
  };

  onMount(() => {
    props.canvas?.(canvas);
    const observer = new ResizeObserver(([entry]) => {
      size = { width: entry!.contentRect.width, height: entry!.contentRect.height };
      frame.request();
    });
    observer.observe(canvas);
    onCleanup(() => {
      observer.disconnect();
      frame.cancel();
    });
  });
  return <canvas ref={canvas} class={props.class} role="img" aria-label={props.label} {...props.handlers} />;
}
