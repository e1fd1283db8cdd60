// What runs in the spool's thread. A thread of its own, because a commit of SQLite waits for the disk, and whoever makes it waits too.
import { parentPort, workerData } from 'node:worker_threads';
import { SpoolDatabase } from './spool-database.ts';
import { isFull } from './spool-tables.ts';
import type { SpoolAnswer, SpoolOrder, SpoolWork } from './spool-thread.ts';

const port = parentPort!;
let database: SpoolDatabase | null = null;
const opened = () => (database ??= new SpoolDatabase(workerData as string));

function close(): void {
  database?.close();
  database = null;
}

const work: SpoolWork = {
  open: () => opened().opened(),
  commit: (group) => opened().commit(group),
  read: (span) => opened().read(span),
  notes: (number) => opened().notes(number),
  close,
};

port.on('message', ({ id, name, parameters }: SpoolOrder) => {
  let given: SpoolAnswer;
  try {
    given = { id, result: (work[name] as (...values: unknown[]) => unknown)(...parameters) };
  } catch (cause) {
    const { message, code, errcode } = cause as Error & { code?: unknown; errcode?: unknown };
    given = { id, failure: { message, code, errcode } };
    // What failed may stay so for these handles; a full disk is full for others too.
    if (!isFull(cause)) close();
  }
  port.postMessage(given);
});
