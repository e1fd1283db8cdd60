// What the spool holds of a session besides its batches: who owned it, so that the next process knows whom it outlived, how it
// began, should the database not have it, and how it was to end.
import type { Beginning } from '../ownership/open-session.ts';
import type { SessionEnd } from '../ownership/end-session.ts';

type SessionNote = { readonly owner: string; readonly beginning?: Beginning } | { readonly end: SessionEnd };

export const ownerNote = (owner: string, beginning?: Beginning): string =>
  JSON.stringify({ owner, ...(beginning && { beginning }) } satisfies SessionNote);
export const endNote = (end: SessionEnd): string => JSON.stringify({ end } satisfies SessionNote);

export type SessionNotes = {
  readonly owners: readonly string[];
  /** `null`: an older version noted it. */
  readonly beginning: Beginning | null;
  readonly end: SessionEnd | null;
};

/** @param texts in the order in which they were noted */
export function readNotes(texts: readonly string[]): SessionNotes {
  const notes = texts.map((text) => JSON.parse(text) as SessionNote);
  const owned = notes.filter((note) => 'owner' in note);
  return {
    owners: owned.map(({ owner }) => owner),
    beginning: owned.find(({ beginning }) => beginning)?.beginning ?? null,
    end: notes.flatMap((note) => ('end' in note ? [note.end] : [])).at(-1) ?? null,
  };
}
