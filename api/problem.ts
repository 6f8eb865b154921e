import { type ErrorRequestHandler, type Response } from 'express';
import { type ZodError } from 'zod';
import { storeTrouble } from '../store/trouble';

/** The closed list of names under which a call is refused; words on the wire, so it only grows. What each means: docs/security.md. */
export const problemCodes = [
  'request-unfit', 'value-unfit', 'text-invalid', 'address-malformed', 'json-invalid', 'json-not-utf8', 'json-too-deep', 'json-duplicate-key', 'json-prototype-key', 'content-type-unsupported', 'content-encoding-unsupported', 'body-too-large', 'body-cut-off',
  'request-malformed', 'headers-too-large', 'request-timeout', 'key-missing', 'key-invalid', 'role-missing', 'four-eyes', 'ticket-invalid', 'ticket-only-decodes', 'too-many-failures', 'not-found', 'method-not-allowed', 'conflict',
  'signature-missing', 'signature-invalid', 'signature-late', 'account-unknown', 'delivery-unfit', 'store-unavailable', 'payload-unreadable', 'payloads-plain', 'internal',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

const byStatus: Record<number, ProblemCode> = {
  400: 'request-unfit', 401: 'key-invalid', 403: 'role-missing', 404: 'not-found', 405: 'method-not-allowed', 408: 'request-timeout', 409: 'conflict', 413: 'body-too-large', 415: 'content-type-unsupported', 422: 'payload-unreadable', 429: 'too-many-failures', 431: 'headers-too-large', 503: 'store-unavailable',
};

export type FieldError = { field: string; value?: string; fix: string };

/** A refusal in RFC 9457 form: problem+json, with a stable `code`; without one it is the usual of its status. */
export class Problem extends Error {
  readonly code: ProblemCode;
  constructor(readonly status: number, readonly title: string, readonly more: { code?: ProblemCode; detail?: string; errors?: FieldError[]; allow?: string } = {}) {
    super(title);
    this.code = more.code ?? byStatus[status] ?? 'internal';
  }
}

export const badInput = (error: ZodError): Problem => new Problem(400, 'The request does not fit', {
  detail: error.issues.map((i) => `${i.path.join('.') || 'body'}: ${i.message}`).join('; ').slice(0, 2_000), errors: error.issues.slice(0, 50).map((i) => ({ field: i.path.join('.') || 'body', fix: i.message })),
});

/** The body of a problem as it goes over the wire. */
export const problemBody = ({ code, title, status, more }: Problem, instance?: unknown): string => JSON.stringify({
  type: 'about:blank', code, title, status, ...(more.detail ? { detail: more.detail } : {}), ...(instance === undefined ? {} : { instance }), ...(more.errors ? { errors: more.errors } : {}),
});

export function sendProblem(res: Response, problem: Problem): void {
  if (problem.more.allow) res.set('Allow', problem.more.allow);
  res.status(problem.status).type('application/problem+json').set('Cache-Control', 'no-store').send(problemBody(problem, res.locals['requestId']));
}

const fieldOf = (error: unknown, name: string): unknown => (typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined);

/** What Express, its body reader and the database say → a refusal with a name; undefined for what is our own fault. */
function known(error: unknown): Problem | undefined {
  const [status, type, code] = [fieldOf(error, 'status'), fieldOf(error, 'type'), fieldOf(error, 'code')];
  if (type === 'entity.too.large') return new Problem(413, 'The body is too large');
  if (type === 'encoding.unsupported') return new Problem(415, 'The body is compressed', { code: 'content-encoding-unsupported', detail: 'Send it without Content-Encoding.' });
  if (type === 'request.aborted' || type === 'request.size.invalid') return new Problem(400, 'The body broke off', { code: 'body-cut-off' });
  if (error instanceof URIError) return new Problem(400, 'The address cannot be read', { code: 'address-malformed', detail: 'A % in it is not followed by two hexadecimal digits of UTF-8.' });
  const trouble = storeTrouble(error);
  if (trouble) return new Problem(503, trouble.code === 'store-full' ? 'The disk of the store is full' : 'The store does not answer', { detail: trouble.fix });
  // SQLSTATE class 22: a value that its column cannot hold (https://www.postgresql.org/docs/16/errcodes-appendix.html).
  if (typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code)) return new Problem(400, 'A value cannot be looked up', { code: 'value-unfit' });
  if (typeof status === 'number' && status >= 400 && status < 500) return new Problem(status, 'The request cannot be read', { code: byStatus[status] ?? 'request-unfit' });
  return undefined;
}

/** The last handler: every error leaves as a problem; what is nobody's fault says nothing of the inside. */
export function problemHandler(log: { error(fields: object, message: string): void }): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) { next(error); return; }
    const problem = error instanceof Problem ? error : known(error);
    if (problem) { sendProblem(res, problem); return; }
    log.error({ requestId: res.locals['requestId'] as unknown, error }, 'request failed');
    sendProblem(res, new Problem(500, 'Something broke on our side', { detail: 'It was logged under the request id in "instance".' }));
  };
}
