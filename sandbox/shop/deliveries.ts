import { createHmac, randomUUID } from 'node:crypto';

/** `attempts`: how often a delivery is tried before the shop gives up. */
export type Behaviour = { duplicates: number; shuffle: boolean; lateMs: number; drop: number; attempts: number };
export type Attempt = { at: string; topic: string; webhookId: string; status: number; attempt: number };
type Delivery = { topic: string; body: string; headers: Record<string, string> };

const attemptsMax = 9;
const parallelMax = 20;

/** Sends signed deliveries: some twice, late, out of order or never, as told; again after a failure, with growing pauses. */
export class Deliveries {
  behaviour: Behaviour = { duplicates: 0, shuffle: false, lateMs: 0, drop: 0, attempts: attemptsMax };
  readonly log: Attempt[] = [];
  private readonly queue: Delivery[] = [];
  private busy = 0;
  private sent = 0;
  constructor(private readonly to: { /** One receiver, or several that take turns. */ urls: readonly string[]; secret: string; shop: string; apiVersion: string }, private readonly random: () => number = Math.random) {}

  send(topic: string, body: string): string {
    const webhookId = randomUUID();
    if (this.random() < this.behaviour.drop) return webhookId;
    const headers = {
      'Content-Type': 'application/json', 'X-Shopify-Topic': topic, 'X-Shopify-Shop-Domain': this.to.shop, 'X-Shopify-API-Version': this.to.apiVersion, 'X-Shopify-Webhook-Id': webhookId, 'X-Shopify-Event-Id': randomUUID(),
      'X-Shopify-Triggered-At': new Date().toISOString(), 'X-Shopify-Hmac-Sha256': createHmac('sha256', this.to.secret).update(body).digest('base64'),
    };
    for (let i = 0; i <= this.behaviour.duplicates; i += 1) this.enqueue({ topic, body, headers });
    return webhookId;
  }
  private receiver(): string { this.sent += 1; return this.to.urls[this.sent % this.to.urls.length] ?? ''; }
  get waiting(): number { return this.queue.length + this.busy; }

  private enqueue(delivery: Delivery): void {
    const wait = this.behaviour.lateMs > 0 ? this.random() * this.behaviour.lateMs : 0;
    const push = (): void => { if (this.behaviour.shuffle) this.queue.splice(Math.floor(this.random() * (this.queue.length + 1)), 0, delivery); else this.queue.push(delivery); this.pump(); };
    if (wait > 0) { this.busy += 1; setTimeout(() => { this.busy -= 1; push(); }, wait); } else push();
  }
  private pump(): void {
    while (this.busy < parallelMax) {
      const next = this.queue.shift();
      if (!next) return;
      this.busy += 1;
      void this.attempt(next, 1).finally(() => { this.busy -= 1; this.pump(); });
    }
  }
  private async attempt(delivery: Delivery, attempt: number): Promise<void> {
    let status = 0;
    try {
      status = (await fetch(this.receiver(), { method: 'POST', body: delivery.body, headers: delivery.headers, redirect: 'manual', signal: AbortSignal.timeout(5_000) })).status;
    } catch { status = 0; }
    this.log.push({ at: new Date().toISOString(), topic: delivery.topic, webhookId: delivery.headers['X-Shopify-Webhook-Id'] ?? '', status, attempt });
    if (this.log.length > 5_000) this.log.shift();
    if ((status >= 200 && status < 300) || attempt >= this.behaviour.attempts) return;
    await new Promise((wake) => setTimeout(wake, Math.min(10_000, 200 * 2 ** attempt)));
    await this.attempt(delivery, attempt + 1);
  }
}
