import { readSettings } from '../config/reload/read-settings.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { SettingsSource } from '../reloader.ts';

/** What a command was started with, and how it is read anew: the same file, environment and flags. */
export const settingsSource = (loaded: LoadedConfig, load: () => LoadedConfig): SettingsSource => ({
  present: readSettings(loaded),
  read: () => readSettings(load()),
});
