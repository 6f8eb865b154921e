import { join } from 'node:path';
import express, { type Request, type Response } from 'express';
import { z } from 'zod';
import { CallLog } from '../kit/call-log';
import { controlRouter } from '../kit/control';
import { type Answer, hitFault } from '../kit/express-faults';
import { Faults, isKept } from '../kit/faults';
import { type Listening, startHttp } from '../kit/http';
import { accounting, type Call } from './accounting';
import { books } from './books';
import { becomeSupplier, forgetContact, restoreContact, retireContact, writeContact } from './contacts';
import { refundsOf } from './credit-notes';
import { IdempotencyCache } from './idempotency';
import { Limits } from './limits';
import { enterTracking, writeGroup } from './lists';
import { deleteItem, writeAccount, writeItem } from './masters';
import { defaultSettings, openOrganisation, type Organisation, type Settings, settingsOf } from './model';
import { accessOf, oauth } from './oauth';
import { NotFoundError, PostDataError, textOf, ValidationError } from './refusal';
import { tenantId } from './seeds';
import { WebhookSender } from './webhooks';

export type XeroOptions = { port: number; host?: string; dataDir: string; webhook?: { url: string; key: string } };
const date = z.iso.date().nullish().transform((v) => v ?? undefined);
const Patch = z.strictObject({
  limits: z.object({ enabled: z.boolean(), perMinute: z.number().int().min(1), perDay: z.number().int().min(1), concurrent: z.number().int().min(1) }).partial(), latencyMs: z.number().int().min(0),
  accessTokenTtlSeconds: z.number().int().min(1), periodLockDate: date, endOfYearLockDate: date, webhook: z.object({ url: z.string(), key: z.string() }),
  webhookMode: z.object({ duplicate: z.boolean(), drop: z.boolean(), shuffle: z.boolean(), delayMs: z.number().int().min(0) }).partial(),
}).partial();

const json = (status: number, body: unknown): Answer => ({ status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) });

function documents(o: Organisation): unknown {
  const code = (id: string): string => o.accounts.get(id)?.code ?? '';
  return {
    invoices: o.invoices.values().filter((i) => i.type === 'ACCREC').map((i) => ({ ...i, contact: o.contacts.get(i.contactId)?.name, tax: i.totalTax, subtotal: i.subTotal })),
    creditNotes: o.invoices.values().filter((i) => i.type === 'ACCRECCREDIT').map((i) => ({
      ...i, contact: o.contacts.get(i.contactId)?.name, tax: i.totalTax, subtotal: i.subTotal, remaining: i.amountDue, refunds: refundsOf(o, i.id),
      allocations: i.allocations.map((a) => ({ ...a, invoiceNumber: o.invoices.get(a.invoiceId)?.number })),
    })),
    prepayments: o.invoices.values().filter((i) => i.type === 'ARPREPAYMENT').map((i) => ({ ...i, contact: o.contacts.get(i.contactId)?.name, account: code(i.received?.accountId ?? ''), remaining: i.amountDue, refunds: refundsOf(o, i.id), allocations: i.allocations.map((a) => ({ ...a, invoiceNumber: o.invoices.get(a.invoiceId)?.number })) })),
    contacts: o.contacts.values(),
    items: o.items.values(), accounts: o.accounts.values(), taxRates: o.taxRates.values(), tracking: o.tracking.values(), currencies: o.currencies.values(), contactGroups: o.groups.values(),
    // Refunds stand with their credit notes and prepayments: here is what was received.
    payments: o.payments.values().filter((p) => (o.invoices.get(p.invoiceId)?.type ?? 'ACCREC') === 'ACCREC').map((p) => ({ ...p, account: code(p.accountId), invoiceNumber: o.invoices.get(p.invoiceId)?.number })),
  };
}

/** One call, its refusals in Xero's words. */
function answerOf(o: Organisation, call: Call): Answer {
  try {
    const result = accounting(o, call);
    return json(result.status, result.body);
  } catch (error) {
    if (error instanceof NotFoundError) return { status: 404, type: 'text/html', body: '' };
    if (error instanceof PostDataError) return json(400, { ErrorNumber: 14, Type: 'PostDataInvalidException', Message: error.message });
    if (error instanceof ValidationError) return json(400, { ErrorNumber: 10, Type: 'ValidationException', Message: 'A validation exception occurred', Elements: [{ ValidationErrors: error.messages.map((Message) => ({ Message })) }] });
    throw error;
  }
}

function documentOf(body: string): string {
  return /"(?:InvoiceNumber|invoiceNumber|CreditNoteNumber|creditNoteNumber)"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? /"Reference"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? /"ContactNumber"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? '';
}

function callOf(req: Request, body: string): Call | undefined {
  let parsed: unknown = {};
  if (body.trim() !== '') { try { parsed = JSON.parse(body); } catch { return undefined; } }
  const since = req.header('if-modified-since');
  return { method: req.method, path: req.path.split('/').filter((p) => p !== '').map(decodeURIComponent), query: req.query as Record<string, unknown>, body: parsed, ...(since ? { ifModifiedSince: since } : {}) };
}

class Door {
  readonly calls = new CallLog();
  readonly faults = new Faults('xero');
  private readonly limits: Limits;
  private readonly cache = new IdempotencyCache();
  constructor(private readonly o: Organisation) { this.limits = new Limits(o); }

  handle(req: Request, res: Response): void {
    const started = Date.now();
    const body = typeof req.body === 'string' ? req.body : '';
    const [, entity = '', , sub] = req.path.split('/');
    const operation = `${req.method} ${entity}${sub === 'Allocations' ? '/Allocations' : ''}`;
    const send = (answer: Answer): void => {
      this.calls.record({ operation, status: answer.status, ms: Date.now() - started, document: documentOf(body) });
      res.set(this.limits.headers()).status(answer.status).set('Content-Type', answer.type).send(answer.body);
    };
    if (!accessOf(this.o, req)) { send(json(401, { Type: null, Title: 'Unauthorized', Status: 401, Detail: 'TokenExpired: token expired at a time in the past' })); return; }
    if (req.header('xero-tenant-id') !== tenantId) { send(json(403, { Type: null, Title: 'Forbidden', Status: 403, Detail: 'AuthenticationUnsuccessful' })); return; }
    const slot = this.limits.take();
    if (!slot.ok) { this.tooMany(send, res, slot); return; }
    res.on('close', () => this.limits.done());
    const { latencyMs } = settingsOf(this.o);
    const go = (): void => this.answer(req, res, { body, operation, send });
    if (latencyMs > 0) setTimeout(go, latencyMs); else go();
  }

  private tooMany(send: (a: Answer) => void, res: Response, slot: { problem: string; retryAfter?: number }): void {
    res.set('X-Rate-Limit-Problem', slot.problem);
    if (slot.retryAfter !== undefined) res.set('Retry-After', String(slot.retryAfter));
    send({ status: 429, type: 'text/plain', body: '' });
  }

  private answer(req: Request, res: Response, more: { body: string; operation: string; send: (a: Answer) => void }): void {
    const { body, operation, send } = more;
    const write = req.method !== 'GET' && req.method !== 'DELETE';
    const call = callOf(req, body);
    if (!call) { send(json(400, { ErrorNumber: 14, Type: 'PostDataInvalidException', Message: 'The request body is not valid JSON' })); return; }
    const key = write ? req.header('idempotency-key') : undefined;
    const request = { method: req.method, url: req.originalUrl, body };
    if (key !== undefined && key.length > 128) { send(json(400, { ErrorNumber: 10, Type: 'ValidationException', Message: 'Idempotency-Key is longer than 128 characters' })); return; }
    const known = key === undefined ? undefined : this.cache.find(key, request);
    if (known?.kind === 'under-way') { void known.ended.then(() => this.answer(req, res, more)); return; }
    if (known?.kind === 'conflict') { send(json(400, { ErrorNumber: 10, Type: 'ValidationException', Message: `Idempotency Key: ${key ?? ''} is used with a different request.` })); return; }
    if (known) { send(known.answer); return; }
    const commit = (): Answer => {
      const answer = answerOf(this.o, call);
      if (key !== undefined) this.cache.keep(key, request, answer);
      return answer;
    };
    const hit = this.faults.take({ operation, text: write ? body : '', document: write ? documentOf(body) : '' });
    if (!hit) { send(commit()); return; }
    if (isKept(hit.mode) && key !== undefined) {
      if (hit.mode.endsWith('after-commit')) answerOf(this.o, call);
      const broken: Answer = { status: 500, type: 'text/plain', body: 'Internal Server Error' };
      this.cache.keep(key, request, broken);
      send(broken);
      return;
    }
    if (hit.mode === 'reset-late-commit' && key !== undefined) this.cache.begin(key);
    if (hitFault(res, hit, commit)) { this.calls.record({ operation, status: 0, ms: 0, document: documentOf(body) }); return; }
    if (hit.mode === 'unavailable-503') send({ status: 503, type: 'text/plain', body: 'The Xero API is currently offline for maintenance' });
    else this.tooMany(send, res, { problem: hit.mode === 'rate-day' ? 'day' : 'minute', retryAfter: hit.mode === 'rate-day' ? 3600 : 1 });
  }
}

function patchSettings(o: Organisation, body: unknown): Settings {
  const before = settingsOf(o);
  const patch = Patch.parse(body);
  const next: Settings = { ...defaultSettings, ...before, ...patch, limits: { ...before.limits, ...patch.limits }, webhookMode: { ...before.webhookMode, ...patch.webhookMode }, webhook: patch.webhook ?? before.webhook };
  o.settings.put('organisation', next);
  return next;
}

/** Starts the organisation: OAuth, the Accounting API, webhooks, and the control routes. */
export async function startXero(options: XeroOptions): Promise<Listening> {
  const o = openOrganisation(join(options.dataDir, 'xero.jsonl'));
  let url = '';
  const sender = new WebhookSender(o, () => url);
  o.changed = (category, id, created) => sender.changed(category, id, created);
  if (options.webhook) o.settings.put('organisation', { ...settingsOf(o), webhook: options.webhook });
  const door = new Door(o);
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use('/_sandbox', controlRouter({ system: 'xero', faults: door.faults, calls: door.calls, documents: () => documents(o), books: () => books(o), settings: { get: () => settingsOf(o), patch: (body) => patchSettings(o, body) } }));
  // What people enter on Xero's screens: the same rules, no key and no limit of calls.
  app.post('/_sandbox/entries/:list', express.json({ limit: '20mb' }), (req, res) => {
    const write = { contacts: (v: unknown) => writeContact(o, v, 'POST'), items: (v: unknown) => writeItem(o, v, false), accounts: (v: unknown) => writeAccount(o, v, textOf(v, 'AccountID') || undefined), trackingCategories: (v: unknown) => enterTracking(o, v), contactGroups: (v: unknown) => writeGroup(o, v) }[req.params.list];
    if (!write || !Array.isArray(req.body)) { res.status(404).json({ error: 'a list of contacts, items, accounts, trackingCategories or contactGroups' }); return; }
    // One after the other, as a person does: those before a refused one stand.
    const ids: string[] = [];
    try { for (const v of req.body as unknown[]) ids.push(o.disk.transaction(() => write(v).id)); res.json({ ids }); } catch (error) { res.status(400).json({ error: error instanceof ValidationError ? error.messages.join(' ') : 'no such record', ids }); }
  });
  app.post('/_sandbox/contacts/:number/:act', (req, res) => {
    const { number, act } = req.params;
    const into = typeof req.query['into'] === 'string' ? req.query['into'] : undefined;
    const done = act === 'merge' && into !== undefined ? retireContact(o, number, into) : act === 'archive' ? retireContact(o, number) : act === 'restore' ? restoreContact(o, number) : act === 'forget' ? forgetContact(o, number) : act === 'supplier' && becomeSupplier(o, number);
    if (done) res.json({ ok: true }); else res.status(404).json({ error: 'no such contact, or no act merge?into=NUMBER, archive, restore, forget or supplier' });
  });
  app.post('/_sandbox/items/:code/delete', (req, res) => {
    try { deleteItem(o, req.params.code); res.json({ ok: true }); } catch { res.status(404).json({ error: 'no such item' }); }
  });
  app.post('/_sandbox/webhook/intent-to-receive', (_req, res) => { void sender.intentToReceive().then((result) => res.json(result)); });
  app.use(oauth(o));
  app.use('/api.xro/2.0', express.text({ type: () => true, limit: '10mb' }), (req, res) => door.handle(req, res));
  app.get('/', (_req, res) => { res.type('html').send('<h1>Xero sandbox (Tieout Demo Ltd)</h1><ul><li><a href="/_sandbox/documents">documents</a></li><li><a href="/_sandbox/books">books</a></li><li><a href="/_sandbox/calls">calls</a></li><li><a href="/_sandbox/settings">settings</a></li></ul>'); });
  const listening = await startHttp(app, options);
  url = listening.url;
  return listening;
}
