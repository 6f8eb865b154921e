import express, { type Router } from 'express';
import { z } from 'zod';
import { type Company } from './model';
import { addressFields } from './parties';

const columns = z.record(z.string().regex(/^[A-Za-z0-9_]{1,30}$/), z.string().max(250));
const key = z.string().regex(/^[A-Z0-9 ._/-]{1,75}$/);
const Customer = z.strictObject({ CUSTNMBR: key, columns: columns.default({}), inactive: z.boolean().optional(), creditLimit: z.string().optional() });
const Item = z.strictObject({ ITEMNMBR: key, ITEMDESC: z.string().max(100).optional(), columns: columns.default({}), inactive: z.boolean().optional() });
const Account = z.strictObject({ ACTNUMST: key, ACTDESCR: z.string().max(50), CATEGORY: z.string().default('Sales') });
const primary = 'PRIMARY';
const resultCategories = ['Sales', 'Other Income', 'Other Expenses', 'Administrative Expense', 'Cost of Goods Sold'];

let latest = 0;
/** A later stamp than every one before: people enter one record after the other. */
const stamp = (c: Company, before: string | undefined): string => { latest = Math.max(c.now().getTime(), latest + 1, before === undefined ? 0 : Date.parse(before) + 1); return new Date(latest).toISOString(); };

function enterCustomer(c: Company, value: unknown): void {
  const { CUSTNMBR: number, columns: sent, inactive, creditLimit } = Customer.parse(value);
  const before = c.customers.get(number);
  const changedAt = stamp(c, before?.touchedAt ?? before?.changedAt);
  const of = (names: readonly string[]): Record<string, string> => Object.fromEntries(Object.entries(sent).filter(([name]) => names.includes(name)));
  const { CUSTNAME: name, INET1, ...rest } = sent;
  c.customers.put(number, {
    ...before, number, name: name ?? before?.name ?? number, hold: before?.hold ?? false, inactive: inactive ?? before?.inactive ?? false, ...(creditLimit === undefined ? {} : { creditLimit }),
    addresses: { ...before?.addresses, [primary]: { ...before?.addresses[primary], ...of(addressFields) } }, internet: { ...before?.internet, [primary]: { ...before?.internet?.[primary], ...(INET1 === undefined ? {} : { INET1 }) } },
    fields: { ADRSCODE: primary, PRBTADCD: primary, PRSTADCD: primary, STADDRCD: primary, ...before?.fields, ...Object.fromEntries(Object.entries(rest).filter(([n]) => !(addressFields as readonly string[]).includes(n))) },
    stamps: { ...before?.stamps, [`address/${primary}`]: changedAt, [`internet/${primary}`]: changedAt }, changedAt, touchedAt: changedAt,
  });
}

function enterItem(c: Company, value: unknown): void {
  const { ITEMNMBR: item, ITEMDESC, columns: card, inactive } = Item.parse(value);
  const before = c.items.get(item);
  c.items.put(item, { ...before, item, description: ITEMDESC ?? before?.description ?? item, ...(inactive === undefined ? {} : { inactive }), card: { ...before?.card, ...card }, changedAt: stamp(c, before?.changedAt) });
}

function enterAccount(c: Company, value: unknown): void {
  const { ACTNUMST, ACTDESCR, CATEGORY } = Account.parse(value);
  const before = c.masters['accounts']?.get(ACTNUMST);
  const more = before?.columns ?? { CATEGORY, ACCTTYPE: '1', PSTNGTYP: resultCategories.includes(CATEGORY) ? '1' : '0', TPCLBLNC: '1', ACTIVE: '1' };
  c.masters['accounts']?.put(ACTNUMST, { key: ACTNUMST, columns: { ...more, ACTNUMST, ACTDESCR }, changedAt: stamp(c, before?.changedAt) });
  c.accounts.add(ACTNUMST);
}

/** What people enter in GP's windows, in its own column names: customers, items and accounts. */
export function entryRoutes(c: Company): Router {
  const enter = { customers: enterCustomer, items: enterItem, accounts: enterAccount };
  const router = express.Router();
  router.post('/entries/:list', express.json({ limit: '20mb' }), (req, res) => {
    const one = Object.hasOwn(enter, req.params.list) ? enter[req.params.list as keyof typeof enter] : undefined;
    if (!one || !Array.isArray(req.body)) { res.status(404).json({ error: 'a list of customers, items or accounts' }); return; }
    try { c.disk.transaction(() => { for (const value of req.body as unknown[]) one(c, value); }); res.json({ ok: true }); } catch (error) { res.status(400).json({ error: error instanceof z.ZodError ? error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') : 'it cannot be entered' }); }
  });
  return router;
}
