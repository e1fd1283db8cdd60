// Hatching: what was not recorded, or is not known to be right.

const patterns = new Map<string, CanvasPattern>();

/** Diagonal lines of this colour, 1 px wide and 6 px apart, made once for each colour and resolution. */
export function hatch(context: CanvasRenderingContext2D, color: string, ratio: number): CanvasPattern | string {
  const key = `${color} ${ratio}`;
  let pattern = patterns.get(key);
  if (!pattern) {
    const made = makeHatch(context, color, ratio);
    if (!made) return color;
    patterns.set(key, (pattern = made));
  }
  return pattern;
}

function makeHatch(context: CanvasRenderingContext2D, color: string, ratio: number): CanvasPattern | null {
  const size = Math.round(6 * ratio);
  const tile = new OffscreenCanvas(size, size);
  const drawn = tile.getContext('2d');
  if (!drawn) return null;
  drawn.strokeStyle = color;
  drawn.lineWidth = ratio;
  for (const offset of [-size, 0, size]) {
    drawn.moveTo(offset, size);
    drawn.lineTo(offset + size, 0);
  }
  drawn.stroke();
  const pattern = context.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}
