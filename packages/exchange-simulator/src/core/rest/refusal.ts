// What REST answers to a request that it does not grant. All bodies have the documented form `{"error": {"code",
// "details"?, "message"}}`, except that of 429, whose `error` is a text.

/** Thrown by what answers a request; it becomes the answer. */
export class RestRefusal extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, body: object) {
    super(`refused with HTTP status ${status}`);
    this.status = status;
    this.body = body;
  }
}

export const badRequest = (details: string): RestRefusal =>
  new RestRefusal(400, { error: { code: 'bad_request', details, message: 'bad request' } });

export const notFound = (): RestRefusal => new RestRefusal(404, { error: { code: 'not_found', message: 'not found' } });

export const methodNotAllowed = (): RestRefusal =>
  new RestRefusal(405, { error: { code: 'method_not_allowed', message: 'method not allowed' } });

export const tooManyRequests = (): RestRefusal => new RestRefusal(429, { error: 'too many requests' });
