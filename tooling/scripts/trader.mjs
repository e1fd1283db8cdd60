// `npm run trader -- sessions list`: builds the app and runs it. Its results are all that is on standard output.
import { launchTrader } from './launch-trader.mjs';

process.exitCode = await launchTrader(process.argv.slice(2));
