import { type Request, type RequestHandler } from 'express';
import { type CallLog } from './call-log';
import { hitFault } from './express-faults';
import { type Faults } from './faults';

/** What a JSON API answers: the body is text, so that it goes out digit by digit. */
export type Reply = { status: number; body: string; headers?: Record<string, string> };
type Parts = { faults: Faults; calls: CallLog; /** Who is refused before anything is looked at; undefined: come in. */ refusal(req: Request): Reply | undefined; /** The words of a system that is busy (429) or away (503). */ busy: string };
const busyModes = ['rate-minute', 'rate-day', 'unavailable-503'];

/** Handlers of one API: refused, hit by a fault, or answered; each call is counted. */
export function jsonApi({ faults, calls, refusal, busy }: Parts): (operation: string, answer: (req: Request) => Reply | Promise<Reply>) => RequestHandler {
  return (operation, answer) => async (req, res) => {
    const started = Date.now();
    const refused = refusal(req);
    const hit = refused ? undefined : faults.take({ operation, text: req.originalUrl, document: '' });
    if (hit && busyModes.includes(hit.mode)) { res.status(hit.mode === 'unavailable-503' ? 503 : 429).set('Retry-After', '1').type('html').send(busy); return; }
    const reply = refused ?? await answer(req);
    calls.record({ operation, status: reply.status, ms: Date.now() - started });
    if (hit && hitFault(res, hit, () => ({ status: reply.status, type: 'application/json', body: reply.body }))) return;
    res.status(reply.status).set(reply.headers ?? {}).type('application/json').send(reply.body);
  };
}
