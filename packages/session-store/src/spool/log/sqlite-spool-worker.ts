// What runs in the spool's thread. A thread of its own, because a commit of SQLite waits for the disk, and whoever makes it waits too.
import { parentPort, workerData } from 'node:worker_threads';
import { SpoolDatabase } from './spool-database.ts';
import { isFull } from './spool-file.ts';
import type { Opened, SpoolAnswer, SpoolOrder, SpoolWork } from './spool-thread.ts';

const port = parentPort!;
let database: SpoolDatabase | null = null;

function open(): Opened {
  close();
  const opening = new SpoolDatabase(workerData as string);
  try {
    const found = opening.open();
    database = opening;
    return found;
  } catch (cause) {
    opening.close();
    throw cause;
  }
}

/** One that was let go of is opened again. */
function opened(): SpoolDatabase {
  if (!database) open();
  return database!;
}

function close(): void {
  database?.close();
  database = null;
}

const work: SpoolWork = {
  open,
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
