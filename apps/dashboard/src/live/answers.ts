// What the trader answers, by endpoint. The shapes come from its OpenAPI document.
import type { paths } from './api.ts';

type Gets = { [Path in keyof paths]: paths[Path] extends { get: unknown } ? Path : never }[keyof paths];

/** Of a GET to this path of the document. */
export type Answer<Path extends Gets> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

type Status = Answer<'/status'>;
/** What the socket tells each second. */
export type StatusSummary = Omit<Status, 'transitions' | 'books'>;
export type Book = Answer<'/books'>['books'][number];
export type Session = Answer<'/sessions'>['sessions'][number];
export type History = Answer<'/history'>;
export type Timeline = Answer<'/timeline'>;
export type Span = Timeline['spans'][number];
export type BookHistory = Answer<'/books/{ticker}/history'>;
export type Market = Answer<'/markets/{ticker}'>;
export type Faults = Answer<'/faults'>;
export type Verification = Answer<'/sessions/{id}/verify'>;
export type SessionExport = Answer<'/sessions/{id}/export'>;
