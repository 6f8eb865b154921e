import express, { type Router } from 'express';
import { ItemPatch } from './inventory';
import { type Company, type SopDocument, sopKey } from './model';

/** Every document of one customer stands on another one from now on. */
function moveDocuments(c: Company, from: string, into: string): void {
  const changedAt = c.now().toISOString();
  for (const doc of c.sop.values().filter((d) => d.customer === from)) c.sop.put(sopKey(doc.type, doc.number), { ...doc, customer: into, changedAt });
  for (const row of c.receipts.values().filter((r) => r.customer === from)) c.receipts.put(row.number, { ...row, customer: into, changedAt });
  for (const row of c.receivables.values().filter((r) => r.customer === from)) c.receivables.put(row.number, { ...row, customer: into, changedAt });
  for (const row of c.returns.values().filter((r) => r.customer === from)) c.returns.put(row.number, { ...row, customer: into, changedAt });
}

/** All that stands on one customer goes to another; the first one is gone, and nothing tells of it (Combiner). */
export function combineCustomers(c: Company, from: string, into: string): boolean {
  if (!c.customers.get(from) || !c.customers.get(into) || from === into) return false;
  c.disk.transaction(() => { moveDocuments(c, from, into); c.customers.delete(from); });
  return true;
}

/** The key is changed in every table (Modifier): each of its rows is stamped anew under the new number, and of the old one nothing is left. */
export function renameCustomer(c: Company, from: string, to: string): boolean {
  const customer = c.customers.get(from);
  if (!customer || c.customers.get(to) || !/^[A-Z0-9._/-]{1,15}$/.test(to)) return false;
  const changedAt = c.now().toISOString();
  const stamps = Object.fromEntries(Object.keys(customer.stamps ?? {}).map((row) => [row, changedAt]));
  c.disk.transaction(() => { moveDocuments(c, from, to); c.customers.delete(from); c.customers.put(to, { ...customer, number: to, stamps, changedAt, touchedAt: changedAt }); });
  return true;
}

/** One without any document is deleted, and nothing tells of it; one with documents GP keeps. */
export function deleteCustomer(c: Company, number: string): 'done' | 'unknown' | 'in-use' {
  if (!c.customers.get(number)) return 'unknown';
  if ([...c.sop.values(), ...c.receipts.values(), ...c.receivables.values(), ...c.returns.values()].some((d) => d.customer === number)) return 'in-use';
  c.customers.delete(number);
  return 'done';
}

/** What people of the company do outside any connector: hold, rename, combine and delete customers, keep item cards, work in the warehouse. */
export function peopleRoutes(c: Company): Router {
  const router = express.Router();
  router.post('/customers/:number/hold', (req, res) => {
    const customer = c.customers.get(req.params.number);
    if (!customer) { res.status(404).json({ error: 'no such customer' }); return; }
    const changedAt = c.now().toISOString();
    c.customers.put(customer.number, { ...customer, hold: req.query['hold'] !== '0', changedAt, touchedAt: changedAt });
    res.json({ ok: true });
  });
  router.post('/customers/:number/combine', (req, res) => {
    if (combineCustomers(c, req.params.number, String(req.query['into'] ?? ''))) res.json({ ok: true }); else res.status(404).json({ error: 'no two such customers' });
  });
  router.post('/customers/:number/rename', (req, res) => {
    if (renameCustomer(c, req.params.number, String(req.query['to'] ?? ''))) res.json({ ok: true }); else res.status(404).json({ error: 'no such customer, or no free number of at most 15 capitals and digits' });
  });
  router.post('/customers/:number/delete', (req, res) => {
    const end = deleteCustomer(c, req.params.number);
    if (end === 'done') res.json({ ok: true }); else res.status(end === 'unknown' ? 404 : 409).json({ error: end === 'unknown' ? 'no such customer' : 'it has documents: GP keeps it' });
  });
  router.post('/items/:item', express.json(), (req, res) => {
    const patch = ItemPatch.safeParse(req.body);
    if (!patch.success) { res.status(400).json({ error: patch.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') }); return; }
    const { item } = req.params;
    const changedAt = patch.data.description !== undefined || patch.data.inactive !== undefined ? { changedAt: c.now().toISOString() } : {};
    const next = { item, description: item, ...c.items.get(item), ...changedAt, ...Object.fromEntries(Object.entries(patch.data).filter(([, v]) => v !== undefined)) };
    c.items.put(item, next);
    res.json(next);
  });
  router.post('/orders/:number/warehouse', (req, res) => {
    const order = c.sop.get(sopKey(2, req.params.number));
    const state = String(req.query['state'] ?? '');
    if (!order || !['allocated', 'picked', 'released'].includes(state)) { res.status(404).json({ error: 'no such order, or no state allocated, picked or released' }); return; }
    const { warehouse: _before, ...rest } = order;
    c.sop.put(sopKey(2, order.number), { ...rest, ...(state === 'released' ? {} : { warehouse: state as NonNullable<SopDocument['warehouse']> }), changedAt: c.now().toISOString() });
    res.json({ ok: true });
  });
  router.post('/orders/:number/cancel-rest', (req, res) => {
    const order = c.sop.get(sopKey(2, req.params.number));
    if (!order || order.shipments === 0) { res.status(404).json({ error: 'no such order, or nothing of it is shipped' }); return; }
    c.sop.put(sopKey(2, order.number), { ...order, lines: order.lines.map((l) => ({ ...l, remaining: '0' })), history: true, changedAt: c.now().toISOString() });
    res.json({ ok: true });
  });
  return router;
}
