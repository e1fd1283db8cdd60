// At most one drawing for each frame of the display, however often something changes, and none while the page is hidden.

export type Frame = {
  /** Draws with the next frame. */
  readonly request: () => void;
  readonly cancel: () => void;
};

export function createFrame(draw: () => void): Frame {
  let pending: number | null = null;
  return {
    request() {
      pending ??= requestAnimationFrame(() => {
        pending = null;
        draw();
      });
    },
    cancel() {
      if (pending !== null) cancelAnimationFrame(pending);
      pending = null;
    },
  };
}
