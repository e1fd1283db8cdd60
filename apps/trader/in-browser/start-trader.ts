// Starts `simulated-trader.ts`, and ends it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExchangeOptions } from '@trader/exchange-simulator';

export type SimulatedTrader = {
  /** Where its page is: `http://127.0.0.1:…`. */
  readonly base: string;
  readonly inject: (name: string, untilMs?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export async function startTrader(options: ExchangeOptions): Promise<SimulatedTrader> {
  const child = fork(fileURLToPath(new URL('simulated-trader.ts', import.meta.url)), [JSON.stringify(options)], {
    execArgv: ['--no-warnings', '--conditions=@trader/source'],
  });
  const exited = once(child, 'exit');
  const [base] = (await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`The trader ended with ${String(code)}.`))),
  ])) as [string];
  return {
    base,
    async inject(name, untilMs) {
      const response = await fetch(`${base}/faults`, {
        method: 'POST',
        headers: { 'X-Trader-Request': '1', 'Content-Type': 'application/json' },
        body: JSON.stringify({ name, untilMs }),
      });
      if (!response.ok) throw new Error(`${name} was not injected: ${await response.text()}`);
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
