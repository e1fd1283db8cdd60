import { expect, test } from 'vitest';
import { failureOf } from './failure.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
const noFiles = Object.assign(new Error('EMFILE: too many open files, socket'), { code: 'EMFILE' });
const inEnglish = (cause: unknown) => failureOf('Writing records', cause).error.message;

test('of several tries to connect the first one says why', () => {
  const both = new AggregateError([refused, new Error('the other address')]);
  expect(inEnglish(both)).toBe(inEnglish(refused));
  expect(inEnglish(refused)).toContain('connect ECONNREFUSED 127.0.0.1:5432');
  expect(failureOf('Writing records', both).error.code).toBe('DATABASE_UNREACHABLE');
  expect(inEnglish(new AggregateError([]))).toContain('no reason was given');
});

test('what keeps this process from opening a connection is told in words, without advice about the server', () => {
  expect(inEnglish(noFiles)).toContain('this process may open no more files');
  expect(inEnglish(noFiles)).not.toContain('host and port');
});
