// `trader db migrate`: brings the tables up to date, at a time of one's own choosing, or says whether they are.
import { migrateSchema, schemaState, type SchemaMigration, type SchemaState } from '@trader/session-store';
import { databaseName, type Values } from '../../config/load-config.ts';
import { unavailable } from '../../store/open-store.ts';
import { databaseOf, requireThere } from '../reading/read-store.ts';

type MigrateFlags = {
  /** Changes nothing; the exit code says whether there is something to do. */
  readonly check: boolean;
  readonly json: boolean;
};

export async function migrateDatabase({ check, json }: MigrateFlags, settings: Values): Promise<void> {
  const database = databaseOf(settings);
  const name = databaseName(database);
  const say = (result: SchemaMigration | SchemaState, text: string): void =>
    void process.stdout.write(json ? `${JSON.stringify({ database: name, ...result })}\n` : `${name}: ${text}\n`);
  try {
    if (!check) {
      const done = await migrateSchema(database);
      return say(done, migrationText(done));
    }
    requireThere(database);
    const state = await schemaState(database);
    say(state, stateText(state));
    if (state.version !== state.known) process.exitCode = 1;
  } catch (cause) {
    throw unavailable(database, cause);
  }
}

/** For people. */
export function migrationText({ from, to, applied }: SchemaMigration): string {
  if (applied === 0) return `up to date, version ${to}`;
  const steps = `${applied} ${applied === 1 ? 'step' : 'steps'}`;
  return from === null ? `made, version ${to} (${steps})` : `brought from version ${from} to ${to} (${steps})`;
}

/** For people. */
export function stateText({ version, known }: SchemaState): string {
  if (version === known) return `up to date, version ${version}`;
  if (version === null) return `no tables yet; this program makes them in version ${known}`;
  if (version > known) return `version ${version}, and this program knows ${known}: use a newer program`;
  return `version ${version}, and this program brings it to ${known}: trader db migrate, or the next start, does`;
}
