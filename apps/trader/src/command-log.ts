import type { LoadedConfig } from './config.ts';
import { createLog, type Log } from './log.ts';

/** The log that the configuration asks for. Its first lines say what of the configuration was ignored. */
export function commandLog({ config, sources }: LoadedConfig): Log {
  const log = createLog(config.logLevel);
  for (const notice of sources.notices) log.warn({ code: 'SETTING_IGNORED' }, notice);
  return log;
}
