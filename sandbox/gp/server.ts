import { join, resolve } from 'node:path';
import express from 'express';
import { z } from 'zod';
import { CallLog } from '../kit/call-log';
import { controlRouter } from '../kit/control';
import { isBalanced, total, trialBalance } from '../kit/decimal';
import { type Answer, hitFault } from '../kit/express-faults';
import { Faults } from '../kit/faults';
import { type Listening, startHttp } from '../kit/http';
import { type Auth, authenticate } from './auth';
import { documentOf, runDocument } from './econnect';
import { GpError, GpSqlError } from './errors';
import { type Company, defaultSettings, nextNumber, openCompany, settingsOf } from './model';
import { entryRoutes } from './entries';
import { peopleRoutes } from './people';
import { openDesk, tick } from './posting';
import { runQuery } from './reads';
import { seedAccounts } from './seeds';
import { faultReply, readCall, reply, type SoapCall } from './soap';
import { webServices } from './web-services';

export type GpOptions = { port: number; host?: string; dataDir: string; auth?: Auth; tickMs?: number };
const Settings = z.strictObject({ shipDelayMs: z.number().int().min(0), postIntervalMs: z.number().int().min(0), pauseWarehouse: z.boolean(), pausePoster: z.boolean(), closedPeriods: z.array(z.string().regex(/^\d{4}-\d{2}$/)), lockedBatches: z.array(z.string()), latencyMs: z.number().int().min(0) }).partial();

const xmlType = 'text/xml; charset=utf-8';

function documents(c: Company): unknown {
  const sop = c.sop.values();
  const status = (d: (typeof sop)[number]): string => (d.voided ? 'voided' : d.type !== 2 ? (d.posted ? 'posted' : 'work') : d.history ? 'invoiced' : 'open');
  const flat = (d: (typeof sop)[number]): object => ({ number: d.number, orderNumber: d.origin, customer: d.customer, customerName: d.customerName, currency: d.currency, rate: d.rate, subtotal: d.subtotal, freight: d.freight, tax: d.tax, freightTax: d.freightTax, total: d.total,
    status: status(d), integrationId: d.integrationId, customerPo: d.customerPo, date: d.date, batch: d.batch, lines: d.lines, ...(d.more ? { more: d.more } : {}), ...(d.userDefined ? { userDefined: d.userDefined } : {}) });
  return { orders: sop.filter((d) => d.type === 2).map(flat), invoices: sop.filter((d) => d.type === 3).map((d) => ({ ...flat(d), open: c.receivables.get(d.number)?.open })),
    returns: sop.filter((d) => d.type === 4).map((d) => ({ ...flat(d), open: c.returns.get(d.number)?.open })),
    receipts: c.receipts.values().map((r) => ({ ...r, status: r.voided ? 'voided' : r.posted ? 'posted' : 'work' })), applies: c.applies.values(), customers: c.customers.values(), vendors: c.vendors.values(), masters: Object.fromEntries(Object.entries(c.masters).map(([table, rows]) => [table, rows.values()])) };
}

function books(c: Company): unknown {
  const journals = c.journals.values();
  const lines = journals.flatMap((j) => j.lines);
  const control = total(lines.filter((l) => l.account === seedAccounts.receivables).map((l) => Number(l.debit) - Number(l.credit)).map((n) => n.toFixed(2)));
  const subledger = total([...c.receivables.values().map((r) => r.open), ...c.receipts.values().filter((r) => r.posted && !r.voided).map((r) => `-${r.open}`), ...c.returns.values().map((r) => `-${r.open}`)]);
  return { journals, trialBalance: trialBalance(lines), balanced: journals.every((j) => isBalanced(j.lines)), receivables: { control: control.toFixed(2), subledger: subledger.toFixed(2), matches: control.eq(subledger) }, accounts: seedAccounts };
}

/** Does one SOAP call; throws the refusals. */
function perform(c: Company, desk: ReturnType<typeof openDesk>, { operation, args }: SoapCall): string {
  const xml = args['xml'] ?? '';
  switch (operation) {
    case 'CreateTransactionEntity': runDocument(c, desk, xml); return xml;
    case 'CreateEntity': case 'UpdateEntity': case 'DeleteEntity': case 'UpdateTransactionEntity': case 'DeleteTransactionEntity': runDocument(c, desk, xml); return 'true';
    case 'GetEntity': {
      const field = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.replaceAll('&apos;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&') ?? '';
      const indexes = Object.fromEntries([1, 2, 3].map((i) => [i, { from: field(`INDEX${i}FROM`), to: field(`INDEX${i}TO`) }]));
      return runQuery(c, { documentType: field('DOCTYPE'), where: field('WhereClause'), rows: Number(field('ROWCOUNT') || 0), masterOnly: field('OUTPUTTYPE') === '1', indexes });
    }
    case 'GetNextSOPNumber': return `STDORD${String(nextNumber(c, 'sop', 2001)).padStart(7, '0')}`;
    case 'GetNextRMNumber': return `PYMNT${String(nextNumber(c, 'rm', 1)).padStart(12, '0')}`;
    case 'GetNextGLJournalEntryNumber': return String(nextNumber(c, 'journal', 1));
    case 'RollBackDocuments': return 'true';
    default: throw new GpSqlError(50000, `The operation ${operation} is not part of the contract`);
  }
}

/** Starts the company: eConnect over SOAP, a few Web Services reads, and the people who ship and post. */
export async function startGp(options: GpOptions): Promise<Listening> {
  const company = openCompany(join(options.dataDir, 'gp.jsonl'));
  const desk = openDesk(company);
  const faults = new Faults('gp');
  const calls = new CallLog();
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use('/_sandbox', controlRouter({
    system: 'gp', faults, calls, documents: () => documents(company), books: () => books(company),
    settings: { get: () => settingsOf(company), patch: (body) => { const next = { ...defaultSettings, ...settingsOf(company), ...Settings.parse(body) }; company.settings.put('company', next); return next; } },
  }));
  app.post('/_sandbox/tick', (_req, res) => { tick(company, desk, true); res.json({ ok: true }); });
  app.use('/_sandbox', peopleRoutes(company));
  app.use('/_sandbox', entryRoutes(company));
  const auth = options.auth ?? { kind: 'basic', user: 'tieout', password: 'tieout' };
  const wsdl = resolve(__dirname, 'econnect.wsdl');
  app.get(['/Microsoft/Dynamics/GP/eConnect/EntityOperations', '/Microsoft/Dynamics/GP/eConnect/mex'], (_req, res) => { res.type(xmlType).sendFile(wsdl); });
  app.post('/Microsoft/Dynamics/GP/eConnect/EntityOperations', authenticate(auth), express.text({ type: () => true, limit: '20mb' }), (req, res) => {
    const started = Date.now();
    const call = readCall(typeof req.body === 'string' ? req.body : '', req.header('soapaction') ?? '');
    if (!call) { res.status(400).type('text/plain').send('Bad Request'); return; }
    const xml = call.args['xml'] ?? '';
    const answer = (): Answer => {
      try {
        return { status: 200, type: xmlType, body: reply(call.operation, perform(company, desk, call)) };
      } catch (error) {
        if (!(error instanceof GpError) && !(error instanceof GpSqlError)) throw error;
        return { status: 500, type: xmlType, body: faultReply(error, xml) };
      }
    };
    const write = call.operation !== 'GetEntity' && !call.operation.startsWith('GetNext');
    const hit = write ? faults.take({ operation: call.operation, text: xml, document: documentOf(xml) }) : faults.take({ operation: call.operation, text: '', document: '' });
    const log = (status: number): void => calls.record({ operation: call.operation, status, ms: Date.now() - started, document: documentOf(xml) });
    if (hit && hitFault(res, hit, answer)) { log(0); return; }
    if (hit?.mode.startsWith('rate-')) { log(429); res.status(429).type('text/plain').send('Too Many Requests'); return; }
    if (hit?.mode === 'unavailable-503') { log(503); res.status(503).type('text/plain').send('Service Unavailable'); return; }
    const send = (): void => { const done = answer(); log(done.status); res.status(done.status).type(done.type).send(done.body); };
    const { latencyMs } = settingsOf(company);
    if (latencyMs > 0) setTimeout(send, latencyMs); else send();
  });
  app.use(webServices(company, authenticate(auth)));
  app.get('/', (_req, res) => { res.type('html').send('<h1>GP sandbox (company TWO)</h1><ul><li><a href="/_sandbox/documents">documents</a></li><li><a href="/_sandbox/books">books</a></li><li><a href="/_sandbox/calls">calls</a></li><li><a href="/_sandbox/settings">settings</a></li></ul>'); });
  const listening = await startHttp(app, options);
  const clock = setInterval(() => tick(company, desk), options.tickMs ?? 100);
  return { ...listening, close: async () => { clearInterval(clock); await listening.close(); } };
}
