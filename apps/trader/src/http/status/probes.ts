// What `/livez`, `/readyz` and `/standbyz` say. Reading them changes nothing.
import type { HealthSnapshot } from '@trader/health';
import type { TraderView } from '../../status.ts';

type Answer<Body> = { readonly status: 200 | 503; readonly body: Body };

/** Codes alone: whoever asks here has shown no token, and texts may name hosts, users and processes. `/status` has them. */
type NotReadyCause = { readonly component: string; readonly status: string; readonly reason: string | null };

export type Readiness = {
  readonly ready: boolean;
  readonly state: string;
  /**
   * Empty when ready; otherwise first what the trader waits for, then what was refused and is asked for again, then each
   * component that is not healthy: what fails now before what is getting better.
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
  const { phase, wait, refusal } = coordinator;
  if (phase === 'ready') return { status: 200, body: { ready: true, state: phase, causes: [] } };
  const causes = [
    { component: 'trader', status: phase, reason: wait?.name ?? null },
    ...(refusal ? [{ component: refusal.what, status: 'refused', reason: codeIn(refusal.code) }] : []),
    ...healthCauses(health),
  ];
  return { status: 503, body: { ready: false, state: phase, causes } };
}

/** What fails now comes before what is getting better and has only not been well for long enough. */
function healthCauses({ causes, components }: TraderView['health']): readonly NotReadyCause[] {
  const isBetter = ({ component, status }: HealthSnapshot['causes'][number]): boolean => {
    const observed = components[component]?.observation?.status;
    return observed !== undefined && observed !== status;
  };
  return causes
    .toSorted((one, other) => Number(isBetter(one)) - Number(isBetter(other)))
    .map(({ component, status, reason }) => ({ component, status, reason: codeIn(reason) }));
}

/** Whether it records, or would if whoever records in its place were gone: for a deployment that starts it as a standby. */
export function standbyReadiness(view: TraderView): Answer<Readiness> {
  const { status, body } = readiness(view);
  return { status: body.state === 'standby' ? 200 : status, body };
}

/** The code that a reason is, or begins with: `AUTH_REJECTED: The exchange …`. */
const codeIn = (reason: string): string | null =>
  /^(?:[A-Z]+(?:_[A-Z]+)+|TIMEOUT|UNEXPECTED|DISCONNECTED|CLOSED)(?=: |$)/.exec(reason)?.[0] ?? null;
