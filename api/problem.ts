import { type ErrorRequestHandler, type Request, type Response } from 'express';
import { type ZodError } from 'zod';

export type FieldError = { field: string; value?: string; fix: string };

/** A refusal in RFC 9457 form: problem+json. */
export class Problem extends Error {
  constructor(readonly status: number, readonly title: string, readonly more: { detail?: string; errors?: FieldError[] } = {}) { super(title); }
}

export const badInput = (error: ZodError): Problem => new Problem(400, 'The request does not fit', {
  detail: error.issues.map((i) => `${i.path.join('.') || 'body'}: ${i.message}`).join('; '), errors: error.issues.map((i) => ({ field: i.path.join('.') || 'body', fix: i.message })),
});

/** A body of another kind is refused, not taken for an empty one. */
export function mustBeJson(req: Request): void {
  if (req.is('application/json') === false) throw new Problem(400, 'The request is not JSON', { detail: 'Send it with Content-Type: application/json.' });
}

export function sendProblem(res: Response, problem: Problem): void {
  res.status(problem.status).type('application/problem+json').send(JSON.stringify({
    type: 'about:blank', title: problem.title, status: problem.status, ...(problem.more.detail ? { detail: problem.more.detail } : {}), instance: res.locals['requestId'] as unknown, ...(problem.more.errors ? { errors: problem.more.errors } : {}),
  }));
}

/** The last handler: every error leaves as a problem; what is nobody's fault says nothing of the inside. */
export function problemHandler(log: { error(fields: object, message: string): void }): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) { next(error); return; }
    if (error instanceof Problem) { sendProblem(res, error); return; }
    const status = typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number' ? error.status : 500;
    if (status === 413) { sendProblem(res, new Problem(413, 'The body is too large')); return; }
    if (status >= 400 && status < 500) { sendProblem(res, new Problem(status, 'The request cannot be read', { detail: 'The body is not valid JSON, or the address is malformed.' })); return; }
    log.error({ requestId: res.locals['requestId'] as unknown, error: error instanceof Error ? error.message : String(error) }, 'request failed');
    sendProblem(res, new Problem(500, 'Something broke on our side', { detail: 'It was logged under the request id in "instance".' }));
  };
}
