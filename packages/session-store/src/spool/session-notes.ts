// What the spool holds of a session besides its batches: who owned it, so that the next process knows whom it outlived, and how it
// was to end.
import type { SessionEnd } from '../ownership/end-session.ts';

type SessionNote = { readonly owner: string } | { readonly end: SessionEnd };

export const ownerNote = (owner: string): string => JSON.stringify({ owner } satisfies SessionNote);
export const endNote = (end: SessionEnd): string => JSON.stringify({ end } satisfies SessionNote);

export type SessionNotes = { readonly owners: readonly string[]; readonly end: SessionEnd | null };

/** @param texts in the order in which they were noted */
export function readNotes(texts: readonly string[]): SessionNotes {
  const notes = texts.map((text) => JSON.parse(text) as SessionNote);
  return {
    owners: notes.flatMap((note) => ('owner' in note ? [note.owner] : [])),
    end: notes.flatMap((note) => ('end' in note ? [note.end] : [])).at(-1) ?? null,
  };
}
