import type { SessionId } from '../records.ts';

/** Whether a session can have this id: the database refuses to look for what is no UUID. */
export const isSessionId = (value: unknown): value is SessionId =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
