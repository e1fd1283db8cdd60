/**
 * Shows where a long run is: in a terminal one line that is rewritten each second, elsewhere a line every half minute.
 *
 * @param {() => string} now what to show
 * @param {{ out?: NodeJS.WriteStream, everyMs?: number }} [options]
 */
export function startProgress(now, { out = process.stdout, everyMs = out.isTTY ? 1000 : 30_000 } = {}) {
  const clear = () => out.isTTY && out.write('\r\x1b[2K');
  const show = () => {
    clear();
    out.write(out.isTTY ? now().slice(0, (out.columns ?? 80) - 1) : `${now()}\n`);
  };
  const timer = setInterval(show, everyMs);
  return {
    /** Writes a line that stays. */
    line(text) {
      clear();
      out.write(`${text}\n`);
    },
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}

/** Seconds since a moment of `performance.now()`, whole. */
export const secondsSince = (startMs) => Math.round((performance.now() - startMs) / 1000);
