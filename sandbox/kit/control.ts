import express, { type Router } from 'express';
import { z } from 'zod';
import { type CallLog } from './call-log';
import { faultModes, type Faults } from './faults';

const Fault = z.strictObject({ operation: z.string().optional(), text: z.string().optional(), mode: z.enum(faultModes), times: z.number().int().min(1).max(100_000).default(1), delayMs: z.number().int().min(0).optional() });

export type ControlParts = {
  system: string; faults: Faults; calls: CallLog; documents: () => unknown; books: () => unknown;
  settings: { get(): unknown; patch(body: unknown): unknown };
};

/** `/_sandbox`: how anyone audits and steers a simulator from outside. */
export function controlRouter(parts: ControlParts): Router {
  const router = express.Router();
  router.use(express.json({ limit: '20mb' }));
  router.get('/health', (_req, res) => { res.json({ system: parts.system, ok: true }); });
  router.get('/documents', (_req, res) => { res.json(parts.documents()); });
  router.get('/books', (_req, res) => { res.json(parts.books()); });
  router.get('/calls', (_req, res) => { res.json({ counts: parts.calls.counts(), recent: parts.calls.recent().slice(-100) }); });
  router.get('/settings', (_req, res) => { res.json(parts.settings.get()); });
  router.patch('/settings', (req, res) => {
    try { res.json(parts.settings.patch(req.body)); } catch (error) { res.status(400).json({ error: error instanceof Error ? error.message : String(error) }); }
  });
  router.get('/faults', (_req, res) => { res.json({ modes: faultModes, rules: parts.faults.list() }); });
  router.post('/faults', (req, res) => {
    const fault = Fault.safeParse(req.body);
    if (fault.success) res.status(201).json(parts.faults.add(fault.data));
    else res.status(400).json({ error: fault.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') });
  });
  router.delete('/faults', (_req, res) => { parts.faults.clear(); res.status(204).end(); });
  return router;
}
