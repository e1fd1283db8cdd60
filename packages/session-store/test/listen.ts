import type { MaintenanceFailure, SpoolRecovery, StoreEvent, StoreStatus, StoreWrite } from '../src/index.ts';

/** What a test listens to of a store. */
export type Listeners = {
  readonly onStatus?: ((status: StoreStatus) => void) | undefined;
  readonly onWrite?: (write: StoreWrite) => void;
  readonly onRecovery?: (recovery: SpoolRecovery) => void;
  readonly onMaintenanceFailure?: (failure: MaintenanceFailure) => void;
};

/** As the option `on` of a store. */
export const listen =
  (listeners: Listeners) =>
  (event: StoreEvent): void => {
    if (event.type === 'status') listeners.onStatus?.(event.status);
    if (event.type === 'write') listeners.onWrite?.(event.write);
    if (event.type === 'recovery') listeners.onRecovery?.(event.recovery);
    if (event.type === 'maintenance-failure') listeners.onMaintenanceFailure?.(event.failure);
  };
