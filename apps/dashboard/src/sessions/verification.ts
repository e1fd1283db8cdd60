// Whether one session obeys the laws of the store: begun, watched while it runs, and ended from here.
import { createEffect, createMemo, createSignal, onCleanup, type Accessor } from 'solid-js';
import type { Verification } from '../live/answers.ts';
import { AskError, type Method } from '../live/ask.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';

export type Verifying = {
  /** `null`: none was begun, as far as is known. */
  readonly job: Accessor<Verification | null>;
  readonly error: Accessor<AskError | null>;
  readonly isRunning: Accessor<boolean>;
  readonly start: () => void;
  readonly cancel: () => void;
};

const EVERY_MS = 1_000;
/** It is no longer kept, as after a new start of the trader: that is no error to show. */
const NONE = 'JOB_UNKNOWN';

/** Of which sessions a verification was begun in this page; of others there is nothing to ask for. */
const [begun, setBegun] = createSignal<ReadonlySet<string>>(new Set());

export function createVerifying(session: string): Verifying {
  const path = `/sessions/${encodeURIComponent(session)}/verify`;
  const polled = createPolled<Verification>(
    createMemo(() => (begun().has(session) ? path : null)),
    null,
  );
  const [refusal, setRefusal] = createSignal<AskError | null>(null);
  const isForgotten = (): boolean => polled.error()?.code === NONE;
  const job = (): Verification | null => (isForgotten() ? null : polled.answer());
  const isRunning = (): boolean => job()?.state === 'running';
  const change = async (method: Method): Promise<void> => {
    setRefusal(null);
    try {
      await live.ask(path, { method });
      if (method === 'POST') setBegun((before) => new Set([...before, session]));
    } catch (caught) {
      setRefusal(caught instanceof AskError ? caught : new AskError('INTERNAL', String(caught)));
    }
    polled.again();
  };
  createEffect(() => {
    polled.error();
    if (!isRunning()) return;
    const timer = setTimeout(polled.again, EVERY_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return {
    job,
    error: () => refusal() ?? (isForgotten() ? null : polled.error()),
    isRunning,
    start: () => {
      if (!isRunning()) void change('POST');
    },
    cancel: () => void change('DELETE'),
  };
}
