import { type Express, type Request } from 'express';
import { type CallLog } from '../kit/call-log';
import { type Faults } from '../kit/faults';
import { jsonApi, type Reply } from '../kit/json-api';
import { OAuth1Gate, type OAuthKeys } from '../kit/oauth1';
import { type Books, type Entity } from './books';
import { readCriteria, search } from './search';

export type RestParts = { books: Books; faults: Faults; calls: CallLog; keys: Required<OAuthKeys> };

const says = (status: number, message: string, parameters?: Record<string, string>): Reply => ({ status, body: JSON.stringify({ message, ...(parameters ? { parameters } : {}) }) });
const nobody = (): Reply => says(401, "The consumer isn't authorized to access %resources.", { resources: 'Magento_Sales::actions_view' });
const words = { consumer: 'A consumer having the specified key does not exist', token: 'Specified token does not exist', method: 'Signature method is not supported.', signature: 'The signature is invalid. Verify and try again.', timestamp: 'Incorrect timestamp value in the oauth_timestamp parameter', nonce: 'The nonce is already being used by the consumer with ID 1.' } as const;

/** An Integration's four keys by OAuth 1.0a; its token alone as Bearer only where the merchant allowed that. */
function gateOf({ books, keys }: RestParts): (req: Request) => Reply | undefined {
  const gate = new OAuth1Gate(keys, { methods: ['HMAC-SHA256'], windowSeconds: 600 });
  return (req) => {
    const bearer = /^Bearer\s+(.+)$/i.exec(req.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return books.settings.bearer && bearer === keys.token ? undefined : nobody();
    const refused = gate.refusal({ method: req.method, url: `http://${req.headers.host ?? ''}${req.originalUrl}`, authorization: req.headers.authorization });
    if (!refused) return undefined;
    if (refused.why === 'absent') return nobody();
    return refused.why === 'missing' ? says(400, `${refused.parameter} is required. Enter and try again.`) : says(refused.why === 'method' || refused.why === 'timestamp' ? 400 : 401, words[refused.why]);
  };
}

function listing(req: Request, books: Books, entity: Entity): Reply {
  const criteria = readCriteria(new URLSearchParams(req.originalUrl.split('?').slice(1).join('?')));
  if (typeof criteria === 'string') return says(400, criteria, { fieldName: 'searchCriteria' });
  const { texts, total } = search(books.all(entity), criteria);
  const shown = { filter_groups: criteria.groups.map((g) => ({ filters: g.map((f) => ({ field: f.field, value: f.value, condition_type: f.condition })) })), page_size: criteria.pageSize, current_page: criteria.currentPage };
  return { status: 200, body: `{"items":[${texts.join(',')}],"search_criteria":${JSON.stringify(shown)},"total_count":${total}}` };
}

function one(req: Request, books: Books, entity: Entity): Reply {
  const id = String(req.params['id']);
  if (!/^\d+$/.test(id)) return says(400, 'The "%value" value\'s type is invalid. The "%type" type was expected. Verify and try again.', { value: id, type: 'int' });
  const found = books.get(entity, id);
  return found ? { status: 200, body: found.text } : says(404, "The entity that was requested doesn't exist. Verify the entity and try again.");
}

/** `/rest/V1/…` and `/rest/<store>/V1/…`: orders, invoices and credit memos to read. */
export function restApi(app: Express, parts: RestParts): void {
  const serve = jsonApi({ ...parts, refusal: gateOf(parts), busy: '<html><body><h1>Service Temporarily Unavailable</h1></body></html>' });
  for (const base of ['/rest/V1', '/rest/:store/V1']) {
    app.get(`${base}/orders`, serve('orders', (req) => listing(req, parts.books, 'orders')));
    app.get(`${base}/orders/:id`, serve('order', (req) => one(req, parts.books, 'orders')));
    app.get(`${base}/invoices`, serve('invoices', (req) => listing(req, parts.books, 'invoices')));
    app.get(`${base}/invoices/:id`, serve('invoice', (req) => one(req, parts.books, 'invoices')));
    app.get(`${base}/creditmemos`, serve('creditmemos', (req) => listing(req, parts.books, 'creditmemos')));
    app.get(`${base}/creditmemo/:id`, serve('creditmemo', (req) => one(req, parts.books, 'creditmemos')));
  }
  app.all('/rest/{*rest}', (_req, res) => { res.status(404).json({ message: 'Request does not match any route.' }); });
}
