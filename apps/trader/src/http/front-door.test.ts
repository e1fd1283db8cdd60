import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createLog } from '../log/log.ts';
import { FrontDoor } from './front-door.ts';
import { Gate } from './auth.ts';
import { resolveHttpOptions } from '../config/http-options.ts';
import { Outcomes } from './outcomes.ts';
import { Turns } from './turns.ts';

function opened() {
  const lines: string[] = [];
  const log = createLog('info', { destination: { write: (line) => void lines.push(line) } });
  const options = resolveHttpOptions({ port: 0 });
  const outcomes = new Outcomes(log);
  const door = new FrontDoor(options, {
    gate: new Gate(options),
    outcomes,
    turns: new Turns(),
    onUpgrade: (_request, socket) => void socket.destroy(),
  });
  return { door, outcomes, lines };
}

test('what goes wrong with accepting, once it listens, is logged and counted: it does not end the process', async () => {
  const { door, outcomes, lines } = opened();
  const server = door.createServer((_request, response) => void response.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // As Node says it when there are no files left to open.
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  expect(lines.join('')).toContain('accept EMFILE');
  expect(outcomes.refusals.get('INTERNAL')).toBe(1);
  server.close();
});

test('that it cannot listen is thrown at who opens it', async () => {
  const { door } = opened();
  const server = door.createServer(() => undefined);
  expect(() => server.emit('error', new Error('EADDRINUSE'))).toThrow('EADDRINUSE');
  server.close();
});

test('the same mistake again and again is five lines a minute', () => {
  const { outcomes, lines } = opened();
  for (let i = 0; i < 100; i++) outcomes.failed('a request', new Error(`of ${Math.random()}`));
  expect(lines).toHaveLength(5);
  expect(outcomes.refusals.get('INTERNAL')).toBe(100);
});
