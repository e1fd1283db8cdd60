// For `node --import`: modules of drizzle-orm find each other without Node's help. Node 26 parses the package's `package.json`,
// 180 kB of it, anew for each of its hundred modules, which is most of the time that a program takes to start. Everything else is
// as it is without this.
import module from 'node:module';

const isBuilt = /[/\\]apps[/\\]trader[/\\]dist[/\\]/.test(process.argv[1] ?? '');

// Older versions have no hooks, and need none.
if (!isBuilt) {
  module.registerHooks?.({
    resolve(specifier, context, next) {
      const { parentURL } = context;
      if (!specifier.startsWith('.') || !parentURL?.includes('/node_modules/drizzle-orm/'))
        return next(specifier, context);
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
    },
  });
}
