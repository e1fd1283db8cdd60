// What `/livez` and `/readyz` say. Reading them changes nothing.
import type { Refusal } from '../core/coordinator-state.ts';
import type { TraderView } from '../status.ts';

type Answer<Body> = { readonly status: 200 | 503; readonly body: Body };

type NotReadyCause = { readonly component: string; readonly status: string; readonly reason: string };

export type Readiness = {
  readonly ready: boolean;
  readonly state: string;
  /**
   * Empty when ready; otherwise first what the trader itself is doing, then what was refused and is asked for again, then each
   * component that is not healthy.
   */
  readonly causes: readonly NotReadyCause[];
};

/** That it answers shows that the event loop turns; 503 asks for a restart. */
export const liveness = ({
  health,
  uptimeMs,
}: TraderView): Answer<{ readonly live: boolean; readonly uptimeMs: number }> => ({
  status: health.live ? 200 : 503,
  body: { live: health.live, uptimeMs: Math.round(uptimeMs) },
});

/** Ready in the state `ready` and in no other: from the first word of a stop on it is 503, before anything is closed. */
export function readiness({ coordinator, health }: TraderView): Answer<Readiness> {
  const { phase, cause, refusal } = coordinator;
  if (phase === 'ready') return { status: 200, body: { ready: true, state: phase, causes: [] } };
  const causes = [
    { component: 'trader', status: phase, reason: cause },
    ...(refusal ? [refused(refusal)] : []),
    ...health.causes.map(({ component, status, reason }) => ({ component, status, reason })),
  ];
  return { status: 503, body: { ready: false, state: phase, causes } };
}

/** The code alone: whoever asks here has shown no token, and a database's own words may name users and hosts. */
const refused = ({ what, code, count }: Refusal): NotReadyCause => ({
  component: what,
  status: 'refused',
  reason: `${code}, ${count} in a row`,
});
