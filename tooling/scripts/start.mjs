// `npm start`: builds the app and records. `npm start -- doctor`, and every other command of the app, works too.
import { launchTrader, startArguments } from './launch-trader.mjs';

process.exitCode = await launchTrader(startArguments(process.argv.slice(2)));
