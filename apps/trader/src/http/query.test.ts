import { describe, expect, test } from 'vitest';
import { parseSessionsQuery, parseSocketQuery, refuseQuery } from './query.ts';

const refusal = (parsed: ReturnType<typeof parseSessionsQuery> | ReturnType<typeof parseSocketQuery>): string => {
  if (!('refusal' in parsed)) throw new Error(`it was accepted: ${JSON.stringify(parsed.value)}`);
  expect(parsed.refusal.code).toBe('QUERY_INVALID');
  return parsed.refusal.message;
};

describe('of /sessions', () => {
  test.each([
    ['/sessions', { limit: 100 }],
    ['/sessions?', { limit: 100 }],
    ['/sessions?limit=1000', { limit: 1_000 }],
    ['/sessions?recorder=desk%20a&status=closed&limit=7', { recorder: 'desk a', status: 'closed', limit: 7 }],
    ['/sessions?recorder=%C3%A9', { recorder: 'é', limit: 100 }],
  ])('%s is read', (url, value) => {
    expect(parseSessionsQuery(url)).toEqual({ value });
  });

  test.each(['99999', '0', '1001', '-1', '1e2', '0x10', '1.5', '', '%201', 'many', 'NaN', '1&limit=2'])(
    'a limit of %j is refused with the bounds',
    (limit) => {
      expect(refusal(parseSessionsQuery(`/sessions?limit=${limit}`))).toBe(
        'limit must be a whole number from 1 to 1000. Example: ?status=active&limit=10',
      );
    },
  );

  test.each(['%00', 'a%00b', '', '%0A', '%7F', 'x'.repeat(501), 'a&recorder=b'])(
    'the recorder %j is refused with the bounds',
    (name) => {
      expect(refusal(parseSessionsQuery(`/sessions?recorder=${name}`))).toBe(
        'recorder must be a name of 1 to 500 characters, none of them a control character. Example: ?status=active&limit=10',
      );
    },
  );

  test.each(['activ', '', '%00', 'active&status=closed'])(
    'the status %j is refused with those that there are',
    (status) => {
      expect(refusal(parseSessionsQuery(`/sessions?status=${status}`))).toMatch(
        /^status must be one of active, closed, health_failure, reclaimed, error\. Example/,
      );
    },
  );

  test('what is unknown is named, with what is known; what is very long is not repeated', () => {
    expect(refusal(parseSessionsQuery('/sessions?recoder=x'))).toMatch(
      /^there is no "recoder"; known: recorder, status, limit\./,
    );
    expect(refusal(parseSessionsQuery(`/sessions?${'x'.repeat(99)}=1`))).toMatch(/^there is no parameter of this name/);
  });

  test.each(['__proto__=x', 'constructor=x', 'toString=x', 'limit[]=1', 'limit[$gt]=1', '=', '&', '%', '%E0%A4%A=1'])(
    '%j does no harm',
    (query) => {
      expect(() => parseSessionsQuery(`/sessions?${query}`)).not.toThrow();
    },
  );
});

describe('of /ws', () => {
  test('an id is read', () => {
    expect(parseSocketQuery('/ws?since=m9-17')).toEqual({ value: { since: 'm9-17' } });
  });

  test('what is unknown, or comes twice, is refused', () => {
    expect(refusal(parseSocketQuery('/ws?sinse=m9-17'))).toBe(
      'there is no "sinse"; known: since. Example: ?since=m9x2k1-17',
    );
    expect(refusal(parseSocketQuery('/ws?since=a&since=b'))).toBe(
      'since must be the id of one event. Example: ?since=m9x2k1-17',
    );
  });
});

test('of an endpoint that takes none is refused, where it holds anything', () => {
  expect(refuseQuery('/books')).toBeNull();
  expect(refuseQuery('/books?')).toBeNull();
  expect(refuseQuery('/books?market=KX')).toEqual({
    code: 'QUERY_INVALID',
    message: 'there is no "market"; nothing may be asked here.',
  });
});
