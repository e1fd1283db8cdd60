import type { HealthEvents } from './events.ts';

type Event<Name extends string> = HealthEvents<Name>[keyof HealthEvents];

/** Hands events to listeners. */
export interface Emitter<Name extends string> {
  readonly on: <Type extends keyof HealthEvents>(
    type: Type,
    listener: (event: HealthEvents<Name>[Type]) => void,
  ) => () => void;
  emit(events: readonly Event<Name>[]): void;
  clear(): void;
  /** How often a listener threw. */
  failures(): number;
}

/**
 * Delivers events in the order in which they came about, also when a listener causes further ones: those wait until
 * every listener has seen the present one.
 */
export function createEmitter<Name extends string>(): Emitter<Name> {
  const listeners = new Set<readonly [type: string, listener: (event: never) => void]>();
  const queue: Event<Name>[] = [];
  let delivering = false;
  let failures = 0;
  return {
    on: (type, listener) => {
      const registration = [type, listener] as const;
      listeners.add(registration);
      return () => void listeners.delete(registration);
    },
    emit: (events) => {
      queue.push(...events);
      if (delivering) return;
      delivering = true;
      for (let event = queue.shift(); event; event = queue.shift()) {
        // Over a copy: whoever registers while an event is delivered gets the next one first.
        for (const [type, listener] of Array.from(listeners)) {
          try {
            if (type === event.type) listener(event as never);
          } catch (error) {
            failures += 1;
            // A failing listener of failures is only counted: telling it again would never end.
            if (event.type === 'transition') queue.push({ type: 'listener-failed', error });
          }
        }
      }
      delivering = false;
    },
    clear: () => listeners.clear(),
    failures: () => failures,
  };
}
