// What HTTP clients are told when they do not get what they asked for: one shape, with names that stay.

const STATUS_OF = {
  /** The query, or what is in it, is wrong. */
  QUERY_INVALID: 400,
  /** A token came in the URL, where logs, histories and referrers keep it. */
  TOKEN_IN_URL: 400,
  /** No request that can be read, or that names one host and a path. */
  REQUEST_INVALID: 400,
  /** What was sent is not what is taken there. */
  BODY_INVALID: 400,
  /** No token came, or a wrong one. */
  TOKEN_REQUIRED: 401,
  /** The `Host` header names no host of this server: the mark of DNS rebinding. */
  HOST_REFUSED: 403,
  /** A browser's page of another origin asked. */
  ORIGIN_REFUSED: 403,
  /** What changes something has to show that no other page made a browser send it. */
  CHANGE_REFUSED: 403,
  NOT_FOUND: 404,
  /** The dashboard was not built. */
  PAGE_MISSING: 404,
  /** The market is not among those that are wanted. */
  BOOK_UNKNOWN: 404,
  /** It is neither wanted nor described in the database. */
  MARKET_UNKNOWN: 404,
  /** There is no such session. */
  SESSION_UNKNOWN: 404,
  /** No job of it was started, or it is no longer kept. */
  JOB_UNKNOWN: 404,
  /** No folder for exports is named. */
  EXPORT_UNAVAILABLE: 404,
  /** What is recorded is no simulator of ours. */
  FAULTS_UNAVAILABLE: 404,
  METHOD_NOT_ALLOWED: 405,
  /** It did not come to its end in time. */
  REQUEST_TIMEOUT: 408,
  /** Another job is under way. */
  JOB_UNDER_WAY: 409,
  TOO_MANY_FAULTS: 409,
  /** The simulator plays tapes, and what they have was recorded. */
  FAULT_NOT_POSSIBLE: 409,
  BODY_REFUSED: 413,
  URL_TOO_LONG: 414,
  /** `/ws` speaks WebSocket only. */
  UPGRADE_REQUIRED: 426,
  /** The database is asked as much as it may be from here. */
  TOO_MANY_REQUESTS: 429,
  HEADERS_TOO_LARGE: 431,
  /** A mistake of ours. */
  INTERNAL: 500,
  /** The store is not open, or does not answer. */
  STORE_UNAVAILABLE: 503,
  TOO_MANY_CLIENTS: 503,
  SHUTTING_DOWN: 503,
} as const;

/** Stable names of refusals. The README lists them. */
export type RefusalCode = keyof typeof STATUS_OF;

/** Why a connection was closed without an answer. They are counted beside the refusals, and the README lists them too. */
export type CutCode = 'TOO_MANY_CONNECTIONS' | 'TOO_MANY_PIPELINED' | 'ANSWER_TIMEOUT' | 'TLS_FAILED';

/** Why a request is not answered as asked. Messages hold no secret and no stack. */
export type Refusal = {
  readonly code: RefusalCode;
  readonly message: string;
  /** Methods that are taken there instead. */
  readonly allow?: readonly string[];
};

export const statusOf = ({ code }: Pick<Refusal, 'code'>): number => STATUS_OF[code];

/** The body of every answer that is not a success, and of the socket's `error` messages. */
export const errorBody = <Code extends string>({ code, message }: { readonly code: Code; readonly message: string }) =>
  ({ error: { code, message } }) as const;
