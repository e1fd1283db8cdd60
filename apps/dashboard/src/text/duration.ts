// How long something lasts, in the two largest units that say something.

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

const two = (value: number): string => String(value).padStart(2, '0');

/** `39 ms`, `4.1 s`, `38 s`, `5 min 16 s`, `13 h 38 min`, `4 d 11 h`. */
export function duration(ms: number): string {
  const whole = Math.max(Math.round(ms), 0);
  if (whole < 100) return `${whole} ms`;
  if (whole < 9_950) return `${(whole / SECOND).toFixed(1)} s`;
  if (whole < MINUTE) return `${Math.floor(whole / SECOND)} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${two(Math.floor((whole % MINUTE) / SECOND))} s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${two(Math.floor((whole % HOUR) / MINUTE))} min`;
  return `${Math.floor(whole / DAY)} d ${two(Math.floor((whole % DAY) / HOUR))} h`;
}
