import { type Payload } from '@temporalio/common';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { ticketHolds } from '../temporal/codec-ticket';
import { parseKeyRing } from '../temporal/key-ring';
import { createPayloadCodec, PayloadRefused } from '../temporal/payload-codec';
import { ticketLimiter } from './auth';
import { type ApiDeps, type PayloadDesk } from './deps';
import { jsonBody } from './json-body';
import { badInput, Problem } from './problem';
import { type Route } from './route';
import { z } from './schemas';

/** Temporal takes payloads of up to 2 MB; in base64, with room for a few. */
const bodyLimit = '5mb';
const payloadsMax = 1_000;
const preflightSeconds = 600;

const bytes = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'write bytes as base64');
const PayloadJson = z.object({ metadata: z.record(z.string(), bytes).nullish(), data: bytes.nullish() });
/** Temporal's remote codec protocol (https://docs.temporal.io/codec-server), as protobuf writes JSON: what is empty is left out, so `{}` is no payloads. */
const Payloads = z.object({ payloads: z.array(PayloadJson).max(payloadsMax).default([]) }).openapi('Payloads');

const fromJson = ({ metadata, data }: z.infer<typeof PayloadJson>): Payload => ({ metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64')])), data: Buffer.from(data ?? '', 'base64') });
const base64 = (value: Uint8Array | null | undefined): string => Buffer.from(value ?? []).toString('base64');
const toJson = ({ metadata, data }: Payload): z.infer<typeof PayloadJson> => ({ metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])), data: base64(data) });

/** What the codec endpoint works with; none without keys. Throws as `parseKeyRing`. */
export function createPayloadDesk(keys: string | undefined, uiOrigins: string[]): PayloadDesk | undefined {
  if (keys === undefined) return undefined;
  const ring = parseKeyRing(keys);
  return { codec: createPayloadCodec(ring), ticketHolds: (ticket) => ticketHolds(ring, ticket, new Date()), uiOrigins };
}

/** A path as it may be logged: a ticket in it is a key, also where the address before it is mistyped. */
export const withoutTicket = (path: string): string => path.replace(/\/t\/.*$/is, '/t/[ticket]');

/** 400 what does not fit, 404 without keys, 422 with the key id for what cannot be opened. */
async function run(what: 'encode' | 'decode', body: unknown, { payloads: desk }: ApiDeps): Promise<z.infer<typeof Payloads>> {
  if (!desk) throw new Problem(404, 'Payloads are not encrypted here', { code: 'payloads-plain', detail: 'TIEOUT_PAYLOAD_KEYS is not set for the api.' });
  const asked = Payloads.safeParse(body ?? {});
  if (!asked.success) throw badInput(asked.error);
  try {
    return { payloads: (await desk.codec[what](asked.data.payloads.map(fromJson))).map(toJson) };
  } catch (error) {
    if (error instanceof PayloadRefused) throw new Problem(422, 'A payload cannot be decoded', { detail: error.message });
    throw error;
  }
}

/** Who may read whole orders may decode them. */
export const codecRoutes: Route[] = [
  { method: 'post', path: '/codec/decode', summary: 'Temporal\'s remote codec: payloads of a history in plain', role: 'operator', body: Payloads, bodyLimit, reply: Payloads, handle: ({ body }, deps) => run('decode', body, deps) },
  { method: 'post', path: '/codec/encode', summary: 'Temporal\'s remote codec: payloads encrypted, as for a signal sent by hand', role: 'operator', body: Payloads, bodyLimit, reply: Payloads, handle: ({ body }, deps) => run('encode', body, deps) },
];

/** Only the Temporal UI's own pages may ask from a browser. */
function cors({ payloads: desk }: ApiDeps) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const origin = req.headers.origin;
    const known = origin !== undefined && desk?.uiOrigins.includes(origin) === true;
    res.vary('Origin');
    if (known) res.set('Access-Control-Allow-Origin', origin);
    if (req.method !== 'OPTIONS') { next(); return; }
    if (known) res.set({ 'Access-Control-Allow-Methods': 'POST', 'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Namespace', 'Access-Control-Max-Age': String(preflightSeconds) });
    res.status(204).end();
  };
}

/** The doors beside the table: the preflight of browsers, and the ticket of a Temporal UI that cannot send an API key; a ticket only decodes. */
export function codecDoor(deps: ApiDeps): Router {
  const router = express.Router();
  router.use('/codec', cors(deps));
  const ticketed = (req: Request, _res: Response, next: NextFunction): void => {
    if (deps.payloads?.ticketHolds(String(req.params['ticket'])) === true) { next(); return; }
    next(new Problem(401, 'A valid ticket is needed', { code: 'ticket-invalid', detail: 'The ticket in the address is wrong or has expired. npm start makes a new one each time.' }));
  };
  router.post('/codec/t/:ticket/decode', ticketLimiter, ticketed, ...jsonBody(bodyLimit), async (req, res) => {
    res.set('Cache-Control', 'no-store');
    res.json(await run('decode', req.body, deps));
  });
  router.post('/codec/t/:ticket/encode', (_req, _res, next) => next(new Problem(403, 'A ticket only decodes', { code: 'ticket-only-decodes', detail: 'To encode, send an API key to /codec/encode.' })));
  return router;
}
