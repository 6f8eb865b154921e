import { createHmac } from 'node:crypto';
import { nextNumber, type Organisation, settingsOf } from './model';
import { tenantId } from './seeds';

type Event = { resourceUrl: string; resourceId: string; eventDateUtc: string; eventType: string; eventCategory: string; tenantId: string; tenantType: string };
const batchMs = 200;
const attempts = 5;

/** Thin, signed, numbered events, gathered for a moment; sent again on any answer but 200. */
export class WebhookSender {
  private queue: Event[] = [];
  private timer: NodeJS.Timeout | undefined;
  constructor(private readonly o: Organisation, private readonly baseUrl: () => string) {}

  changed(category: string, id: string, created: boolean): void {
    if (settingsOf(this.o).webhook.url === '') return;
    const folder = { INVOICE: 'Invoices', CONTACT: 'Contacts', CREDITNOTE: 'CreditNotes', PREPAYMENT: 'Prepayments' }[category] ?? category;
    this.queue.push({ resourceUrl: `${this.baseUrl()}/api.xro/2.0/${folder}/${id}`, resourceId: id, eventDateUtc: this.o.now().toISOString().replace('Z', ''), eventType: created ? 'CREATE' : 'UPDATE', eventCategory: category, tenantId, tenantType: 'ORGANISATION' });
    this.timer ??= setTimeout(() => { this.timer = undefined; this.flush(); }, batchMs + settingsOf(this.o).webhookMode.delayMs);
    this.timer.unref();
  }

  /** The intent-to-receive test: rightly and wrongly signed empty bodies. */
  async intentToReceive(): Promise<{ right: number; wrong: number }> {
    const body = JSON.stringify({ events: [], firstEventSequence: 0, lastEventSequence: 0, entropy: 'ITR' });
    return { right: await this.post(body, this.sign(body)), wrong: await this.post(body, this.sign(`${body} `)) };
  }

  private flush(): void {
    const mode = settingsOf(this.o).webhookMode;
    const events = this.queue.splice(0, 50);
    if (mode.shuffle) events.reverse();
    const first = nextNumber(this.o, 'webhook');
    for (let i = 1; i < events.length; i += 1) nextNumber(this.o, 'webhook');
    if (!mode.drop && events.length > 0) {
      const body = JSON.stringify({ events, firstEventSequence: first, lastEventSequence: first + events.length - 1, entropy: String(first) });
      void this.deliver(body, attempts);
      if (mode.duplicate) void this.deliver(body, attempts);
    }
    if (this.queue.length > 0) this.flush();
  }
  private sign(body: string): string { return createHmac('sha256', settingsOf(this.o).webhook.key).update(body).digest('base64'); }
  private async post(body: string, signature: string): Promise<number> {
    try {
      return (await fetch(settingsOf(this.o).webhook.url, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-xero-signature': signature }, signal: AbortSignal.timeout(5_000) })).status;
    } catch { return 0; }
  }
  private async deliver(body: string, left: number): Promise<void> {
    if (await this.post(body, this.sign(body)) === 200 || left <= 1) return;
    setTimeout(() => { void this.deliver(body, left - 1); }, 1_000).unref();
  }
}
