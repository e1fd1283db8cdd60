/** The part of a postgres.js instance that the store uses. */
export interface BorrowedSql {
  readonly options: { readonly max: number };
  begin(options: string, work: (transaction: BorrowedTransaction) => Promise<unknown>): Promise<unknown>;
}

export interface BorrowedTransaction {
  // oxlint-disable-next-line typescript/no-explicit-any -- postgres.js types parameters by the types that an instance knows.
  unsafe(text: string, parameters?: any[], options?: { prepare?: boolean }): PromiseLike<Rows>;
}

type Rows = readonly Readonly<Record<string, unknown>>[];
