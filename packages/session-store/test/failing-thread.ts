// A spool's thread whose commits fail when a test says so.
import { SpoolThread, type SpoolWork } from '../src/spool/log/spool-thread.ts';

/** What SQLite says when the disk fails. */
export const diskFails = () => Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 778 });

export class FailingThread {
  readonly thread: SpoolThread;
  /** Called before a commit and after one that was made; what it throws is what the commit ends with. */
  onCommit: (when: 'before' | 'after') => void | Promise<void> = () => undefined;

  constructor(folder: string) {
    this.thread = new SpoolThread(folder);
  }

  async ask<Name extends keyof SpoolWork>(
    name: Name,
    ...parameters: Parameters<SpoolWork[Name]>
  ): Promise<ReturnType<SpoolWork[Name]>> {
    if (name === 'commit') await this.onCommit('before');
    const result = await this.thread.ask(name, ...parameters);
    if (name === 'commit') await this.onCommit('after');
    return result;
  }

  async end(): Promise<void> {
    await this.thread.end();
  }
}
