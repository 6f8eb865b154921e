import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Collection, DiskStore } from '../kit/disk-store';
import { Deliveries, type Job, type Outgoing } from '../kit/deliveries';
import { type Json, plain, readJson, record } from '../kit/json-body';

/** An order as its sender wrote it; `updatedAt` UTC. */
export type Stored = { id: string; text: string; updatedAt: string };
/** One event: copies and later tries of it bear its id. */
export type Told = { eventId: string; body: string };

const attemptsMax = 8;
/** Standard Webhooks advises a growing schedule over days; a simulator has less time. */
const pauseMs = (attempt: number): number | undefined => (attempt >= attemptsMax ? undefined : Math.min(10_000, 250 * 2 ** attempt));
const instant = (text: string | undefined): string => { const at = Date.parse(text ?? ''); return Number.isNaN(at) ? new Date().toISOString() : new Date(at).toISOString(); };

/** A shop of somebody's own that keeps its orders and signs what it sends as Standard Webhooks says; an answer 410 ends its deliveries. */
export class Sender {
  readonly orders: Collection<Stored>;
  readonly deliveries: Deliveries<Told>;
  gone = false;
  constructor(private readonly options: { dataDir: string; webhookUrl: string; /** Several while the secret changes: a signature of each is sent. */ secrets: readonly string[] }) {
    const disk = DiskStore.open(join(options.dataDir, 'generic.jsonl'));
    this.orders = disk.collection('orders');
    this.deliveries = new Deliveries<Told>(disk.collection('deliveries'), {
      make: (job) => (this.gone ? undefined : this.make(job)), topicOf: () => 'order', again: pauseMs, told: (_job, status) => { this.gone ||= status === 410; },
    }, { parallel: 10 });
  }

  /** Keeps an order and tells of it; a body without `orderId` is only sent. */
  put(text: string): Stored | undefined {
    const stored = this.keep(text);
    this.tell(text);
    return stored;
  }
  keep(text: string): Stored | undefined {
    const body = record(readJson(text));
    const id = plain(body['orderId']);
    if (id === undefined) return undefined;
    const stored: Stored = { id, text, updatedAt: instant(plain(body['updatedAt'])) };
    this.orders.put(id, stored);
    return stored;
  }
  tell(body: string): void { this.deliveries.send({ eventId: `evt_${randomUUID().replaceAll('-', '')}`, body }); }
  change(id: string, fields: Json): Stored | undefined {
    const before = this.orders.get(id);
    return before && this.put(JSON.stringify({ ...(JSON.parse(before.text) as Json), ...fields, updatedAt: new Date().toISOString() }));
  }

  private make({ what }: Job<Told>): Outgoing {
    const at = Math.floor(Date.now() / 1000);
    const sign = (secret: string): string => `v1,${createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).update(`${what.eventId}.${at}.${what.body}`).digest('base64')}`;
    return { url: this.options.webhookUrl, body: what.body, headers: { 'content-type': 'application/json', 'webhook-id': what.eventId, 'webhook-timestamp': String(at), 'webhook-signature': this.options.secrets.map(sign).join(' ') } };
  }
}
