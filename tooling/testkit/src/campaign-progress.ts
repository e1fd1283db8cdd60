const everyMs = 5000;

/**
 * Says where a long campaign is, on a line every few seconds.
 *
 * @param what what it counts: "kill"
 * @returns to be called with how many are done
 */
export function campaignProgress(what: string, rounds: number): (done: number) => void {
  const beganAtMs = performance.now();
  let saidAtMs = beganAtMs;
  return (done) => {
    const nowMs = performance.now();
    if (nowMs - saidAtMs < everyMs) return;
    saidAtMs = nowMs;
    process.stdout.write(`${what} ${done} of ${rounds}, ${Math.round((nowMs - beganAtMs) / 1000)} s\n`);
  };
}
