import { createHash, createHmac } from 'node:crypto';
import { type Collection } from '../kit/disk-store';
import { Deliveries, type Job, type Outgoing } from '../kit/deliveries';
import { type Site } from './site';

export type Webhook = { id: number; name: string; status: 'active' | 'paused' | 'disabled'; topic: string; secret: string; deliveryUrl: string; failures: number };
/** One event for one webhook. `raw` is a body given by hand; else the order as it is when the delivery goes out. */
export type Told = { webhookId: number; topic: string; orderId: string; raw?: string };

const agent = 'WooCommerce/9.9.5 Hookshot (WordPress/6.8)';
const succeeded = (status: number): boolean => (status >= 200 && status < 300) || status === 301 || status === 302;

/** The site's webhooks: one delivery per event and webhook, no second try; too many failures in a row and the webhook is disabled. */
export class Webhooks {
  readonly list: Collection<Webhook>;
  readonly deliveries: Deliveries<Told>;
  constructor(private readonly site: Site, private readonly source: string) {
    this.list = site.disk.collection('webhooks');
    this.deliveries = new Deliveries<Told>(site.disk.collection('deliveries'), {
      make: (job) => this.make(job), topicOf: (what) => what.topic, again: () => undefined, told: (job, status) => { this.count(job.what.webhookId, status); },
    }, { parallel: 5 });
  }

  /** Tells every active webhook of this topic; a topic that none was set up for (a plugin's `action.…`) goes by the first. */
  send(topic: string, orderId: string, raw?: string): void {
    const known = this.list.values();
    const mine = known.some((w) => w.topic === topic) ? known.filter((w) => w.topic === topic) : known.slice(0, raw === undefined ? 0 : 1);
    for (const hook of mine.filter((w) => w.status === 'active')) this.deliveries.send({ webhookId: hook.id, topic, orderId, ...(raw === undefined ? {} : { raw }) });
  }

  /** What saving an active webhook does: an unsigned form that names it. Answers the response code. */
  async ping(hook: Pick<Webhook, 'id' | 'deliveryUrl'>): Promise<number> {
    try {
      return (await fetch(hook.deliveryUrl, { method: 'POST', body: `webhook_id=${hook.id}`, headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': agent }, redirect: 'manual', signal: AbortSignal.timeout(5_000) })).status;
    } catch { return 0; }
  }

  private make(job: Job<Told>): Outgoing | undefined {
    const { webhookId, topic, orderId, raw } = job.what;
    const hook = this.list.get(String(webhookId));
    if (!hook || hook.status !== 'active') return undefined;
    const order = this.site.orders.get(orderId);
    const body = raw ?? (topic === 'order.deleted' || !order ? `{"id":${orderId}}` : this.site.shown(order, this.site.settings.decimals));
    const [resource = '', event = ''] = topic.split('.');
    return { url: hook.deliveryUrl, body, headers: {
      'Content-Type': 'application/json', 'User-Agent': agent, 'X-WC-Webhook-Source': `${this.source}/`, 'X-WC-Webhook-Topic': topic, 'X-WC-Webhook-Resource': resource, 'X-WC-Webhook-Event': event,
      'X-WC-Webhook-Signature': createHmac('sha256', hook.secret).update(body).digest('base64'), 'X-WC-Webhook-ID': String(hook.id), 'X-WC-Webhook-Delivery-ID': createHash('md5').update(job.id).digest('hex'),
    } };
  }

  private count(webhookId: number, status: number): void {
    const hook = this.list.get(String(webhookId));
    if (!hook) return;
    if (succeeded(status)) { if (hook.failures > 0) this.list.put(String(hook.id), { ...hook, failures: 0 }); return; }
    const over = hook.failures > this.site.settings.failuresMax;
    this.list.put(String(hook.id), over ? { ...hook, status: 'disabled' } : { ...hook, failures: hook.failures + 1 });
  }
}
