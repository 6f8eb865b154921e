import { failed, done, type Outcome } from '../../canonical/failure';
import { MoneyError } from '../../canonical/money';
import { readChanges } from './changes';
import { changedMasters, mastersById } from './master-reads';
import { type MasterHands, writeMaster } from './master-writes';
import { gatheringReader } from './gathering-reader';
import { createReader, isoOf, shapes, type Reader } from './reader';
import { createLedgerReads } from './reads';
import { createSoapTransport } from './soap-transport';
import { type GpClient, type GpSettings } from './types';
import { createWebServices } from './web-services';
import { createCashReceipt, createSalesOrder, currencyIdOf, type Hands } from './write-documents';
import { createReturn } from './write-returns';
import { applyCredit, voidCashReceipt, voidInvoice, voidSalesOrder } from './write-undo';

export type GpLog = { info(fields: object, message: string): void; warn(fields: object, message: string): void };
export type GpClientDeps = { now?: () => Date; log?: GpLog };

/** Money that mixes currencies or overflows is a broken order, told as a failure and not as a crash. */
async function guarded<T>(act: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    return failed({ code: 'money-invalid', system: 'gp', value: error.value, message: `The amount ${error.message}.`, fix: 'Correct the amount at the source or its mapping, then retry.' });
  }
}

/** Through the door that writes take, first: another service beside it may be well while eConnect is not. */
async function ping(settings: GpSettings, reader: Reader): Promise<Outcome<{ company: string }>> {
  const periods = await reader.read({ type: 'Fiscal_Period', rowMax: 1 }, shapes.periods);
  if (!periods.ok) return periods;
  if (settings.webServicesUrl !== undefined) {
    const companies = await createWebServices(settings).getCompanyList();
    if (!companies.ok) return companies;
    const own = companies.value.find((company) => company.id === settings.companyId);
    return own ? done({ company: own.name }) : failed({ code: 'setup-missing', system: 'gp', field: 'companyId', value: String(settings.companyId), message: `GP has no company with the id ${settings.companyId}.`, fix: 'Correct the company id in the agent\'s configuration.' });
  }
  return done({ company: /initial catalog\s*=\s*([^;]+)/i.exec(settings.connectionString)?.[1]?.trim() ?? String(settings.companyId) });
}

/** Logs how each call ended, by its failure code: no amounts, names or credentials. */
function watched(client: GpClient, deps: Required<GpClientDeps>): GpClient {
  const watch = <A extends unknown[], T>(name: string, act: (...args: A) => Promise<Outcome<T>>) => async (...args: A): Promise<Outcome<T>> => {
    const started = deps.now().getTime();
    const outcome = await guarded(() => act(...args));
    const fields = { call: name, ms: deps.now().getTime() - started };
    if (!outcome.ok) deps.log.warn({ ...fields, code: outcome.failure.code, causes: outcome.failure.causes, document: outcome.failure.document }, 'GP call failed');
    return outcome;
  };
  return {
    createSalesOrder: watch('createSalesOrder', client.createSalesOrder), voidSalesOrder: watch('voidSalesOrder', client.voidSalesOrder), voidInvoice: watch('voidInvoice', client.voidInvoice),
    createCashReceipt: watch('createCashReceipt', client.createCashReceipt), voidCashReceipt: watch('voidCashReceipt', client.voidCashReceipt),
    createReturn: watch('createReturn', client.createReturn), applyReturn: watch('applyReturn', client.applyReturn),
    applyReceipt: watch('applyReceipt', client.applyReceipt), readOrder: watch('readOrder', client.readOrder), readJournals: watch('readJournals', client.readJournals),
    readInvoices: watch('readInvoices', client.readInvoices), readReceipts: watch('readReceipts', client.readReceipts), readOpenAmounts: watch('readOpenAmounts', client.readOpenAmounts),
    readChanges: watch('readChanges', client.readChanges), readFiscalPeriods: watch('readFiscalPeriods', client.readFiscalPeriods), readCustomers: watch('readCustomers', client.readCustomers),
    changedMasters: watch('changedMasters', client.changedMasters), readMasters: watch('readMasters', client.readMasters), writeMaster: watch('writeMaster', client.writeMaster),
    findByOrderKeys: watch('findByOrderKeys', client.findByOrderKeys), ping: watch('ping', client.ping),
  };
}

/** The tongue to one GP company; see GpClient for what each call gives and its failure codes. Opens no connection until first used. */
export function createGpClient(settings: GpSettings, deps: GpClientDeps = {}): GpClient {
  const now = deps.now ?? ((): Date => new Date());
  const log = deps.log ?? { info: (): void => undefined, warn: (): void => undefined };
  const transport = createSoapTransport(settings);
  const reader = gatheringReader(createReader(transport, settings));
  const hands: Hands = { reader, transport, settings, now };
  const masters: MasterHands = { reader, transport, now, codes: { isoOf: (id) => isoOf(id, settings) ?? id, currencyIdOf: (iso) => currencyIdOf(iso, settings) } };
  return watched({
    ...createLedgerReads(reader),
    changedMasters: (ask) => changedMasters(ask, masters),
    readMasters: (kind, ids) => mastersById(kind, ids, masters),
    writeMaster: (write) => writeMaster(write, masters),
    createSalesOrder: (draft, options) => createSalesOrder(draft, options?.waived ?? false, hands),
    createCashReceipt: (draft) => createCashReceipt(draft, hands),
    voidSalesOrder: (number, keep) => voidSalesOrder({ number, keep }, hands),
    voidInvoice: (number) => voidInvoice(number, hands),
    voidCashReceipt: (number, date) => voidCashReceipt(number, date, hands),
    applyReceipt: (draft) => applyCredit(draft, hands),
    createReturn: (draft) => createReturn(draft, hands),
    applyReturn: (draft) => applyCredit(draft, hands),
    readChanges: (from) => readChanges(reader, from, now()),
    ping: () => ping(settings, reader),
  }, { now, log });
}
