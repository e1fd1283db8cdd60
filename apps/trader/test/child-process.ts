/** None of this process's settings; and however busy the machine is, there is time for a clean end. */
export const childEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRADER_'))),
  TRADER_DRAIN: '60s',
});
