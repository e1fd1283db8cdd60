// `trader run`: record until a signal comes.
import { commandLog } from '../command-log.ts';
import { loadConfig, type Values } from '../../config/load-config.ts';
import { liveFeed, simulatedFeed } from '../exchange-feed.ts';
import { record } from '../record.ts';
import { settingsSource } from '../settings-source.ts';

const HOW_TO_GO_LIVE =
  'No exchange was named, so this records the built-in simulator. To go live give --key-id, --key-file and --markets or --series, in trader.yaml, in the environment or as flags; trader doctor checks them.';

export async function run(flags: Values): Promise<void> {
  const loaded = loadConfig(flags);
  const { config } = loaded;
  const log = commandLog(loaded);
  const settings = settingsSource(loaded, () => loadConfig(flags));
  const { live } = config;
  const hint = live ? {} : { hint: HOW_TO_GO_LIVE };
  await record(live ? liveFeed(live) : await simulatedFeed({}), { ...config, settings, ...hint }, log);
}
