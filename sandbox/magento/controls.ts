import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { type Json, readJson, record } from '../kit/json-body';
import { type Books, entities, type Entity } from './books';
import { generateOrders } from './generate';

const Generate = z.strictObject({ count: z.number().int().min(1).max(100_000), seed: z.number().int().min(0).max(1_000_000).default(1), sentinel: z.string().max(60).optional(), unpaid: z.boolean().optional() });
const Amount = z.string().regex(/^\d+(\.\d{1,4})?$/);
const InvoiceAsk = z.strictObject({ amount: Amount.optional(), transactionId: z.string().max(100).optional(), open: z.boolean().default(false) });
const CreditAsk = z.strictObject({ amount: Amount, adjustmentPositive: Amount.optional() });
const raw = express.text({ type: () => true, limit: '20mb' });
const bodyOf = (req: Request): string => (typeof req.body === 'string' && req.body.trim() !== '' ? req.body : '{}');
const changes: Record<string, Json> = { update: {}, cancel: { state: 'canceled', status: 'canceled' }, hold: { state: 'holded', status: 'holded' }, unhold: { state: 'processing', status: 'processing' }, complete: { state: 'complete', status: 'complete' } };

function told<T>(res: Response, schema: z.ZodType<T>, body: unknown): T | undefined {
  const ask = schema.safeParse(body);
  if (ask.success) return ask.data;
  res.status(400).json({ error: ask.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') });
  return undefined;
}
const answer = (res: Response, made: { id: string } | undefined): void => { if (made) res.status(202).json({ id: made.id }); else res.status(404).json({ error: 'no such order' }); };

/** `/_sandbox` of this installation, beside what every simulator has: records in, orders invoiced, credited and changed. Nothing is delivered: Magento is asked. */
export function magentoControls(app: Express, books: Books): void {
  for (const entity of entities satisfies readonly Entity[]) {
    app.post(`/_sandbox/${entity}`, raw, (req, res) => {
      if (Object.keys(record(readJson(bodyOf(req)))).length === 0) { res.status(400).json({ error: 'a JSON object is needed' }); return; }
      res.status(202).json({ stored: books.saveText(entity, bodyOf(req)).id });
    });
  }
  app.post('/_sandbox/orders/:id/invoice', express.json(), (req, res) => { const ask = told(res, InvoiceAsk, req.body ?? {}); if (ask) answer(res, books.invoice(String(req.params['id']), ask)); });
  app.post('/_sandbox/orders/:id/creditmemo', express.json(), (req, res) => { const ask = told(res, CreditAsk, req.body); if (ask) answer(res, books.creditMemo(String(req.params['id']), ask)); });
  app.post('/_sandbox/orders/:id/:change', raw, (req, res) => {
    const fields = changes[String(req.params['change'])];
    if (!fields) { res.status(400).json({ error: `no such change; there are ${Object.keys(changes).join(', ')}, invoice, creditmemo` }); return; }
    answer(res, books.change(String(req.params['id']), { ...fields, ...record(readJson(bodyOf(req))) }));
  });
  app.post('/_sandbox/generate', express.json(), (req, res) => {
    const ask = told(res, Generate, req.body);
    if (!ask) return;
    const made = generateOrders(ask);
    for (const { order, due, transactionId } of made) {
      const id = String(order['entity_id']);
      if (books.get('orders', id)) continue;
      books.saveText('orders', JSON.stringify(order));
      if (due > 0) books.invoice(id, { transactionId, open: false });
    }
    res.status(202).json({ orderIds: made.map(({ order }) => String(order['entity_id'])) });
  });
}
