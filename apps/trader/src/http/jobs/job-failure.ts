/** Why a job failed, where that is not the store's. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  /** `EXPORT_UNWRITABLE`: the folder or the disk refuses; `EXPORT_NO_ROOM`: it would take the room that recording needs. */
  readonly code: 'EXPORT_UNWRITABLE' | 'EXPORT_NO_ROOM';

  constructor(code: JobFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
