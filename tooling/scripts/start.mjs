// `npm start`: build the app, then run it in the foreground on the pinned Node, so that Ctrl-C stops it cleanly.
import { run, throughPnpm } from './through-pnpm.mjs';

await throughPnpm('start', async (args) => {
  const built = await run('turbo', [
    'run',
    'build',
    '--filter=trader',
    '--output-logs=errors-only',
    '--log-order=grouped',
  ]);
  return built === 0 ? run('node', ['apps/trader/dist/main.js', 'run', ...args]) : built;
});
