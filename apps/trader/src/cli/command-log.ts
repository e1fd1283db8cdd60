import type { LoadedConfig } from '../config/load-config.ts';
import { warnOfOpenFiles } from '../doctor/file-modes.ts';
import { createLog, type Log } from '../log/log.ts';

/** The log that the configuration asks for. Its first lines say what of the configuration was ignored, and what others may read. */
export function commandLog(loaded: LoadedConfig): Log {
  const log = createLog(loaded.config.logLevel);
  for (const notice of loaded.sources.notices) log.warn({ code: 'SETTING_IGNORED' }, notice);
  warnOfOpenFiles(loaded, log);
  return log;
}
