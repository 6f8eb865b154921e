import { type Addresses } from './processes';

export type GpBooks = { balanced: boolean; trialBalance: { account: string; debit: string; credit: string }[]; receivables: { matches: boolean } };
export type GpDoc = { number: string; orderNumber: string; integrationId: string; total: string; status: string; currency: string; open?: string };
export type GpHolds = { orders: GpDoc[]; invoices: GpDoc[]; returns: GpDoc[]; receipts: { number: string; amount: string; open: string; description: string; status: string }[]; applies: { from: string; to: string; amount: string }[] };
export type XeroHolds = {
  invoices: { number: string; reference: string; status: string; total: string; amountDue: string }[]; payments: { invoiceNumber: string; amount: string; reference: string; status: string; account: string }[];
  creditNotes: { number: string; reference: string; status: string; total: string; remaining: string; refunds: { amount: string; reference: string }[] }[]; contacts: { number: string; name: string; status: string }[];
};
type Role = 'gp' | 'xero' | 'shop' | 'gateway';

/** The simulators' control doors, patient with one that is being started again. */
export class SandboxClient {
  constructor(private readonly at: NonNullable<Addresses['sandbox']>, private readonly patienceMs = 30_000) {}

  private async ask<T>(role: Role, path: string, init?: RequestInit): Promise<T> {
    const until = Date.now() + this.patienceMs;
    for (;;) {
      try {
        const reply = await fetch(`${this.at[role]}/_sandbox${path}`, { ...init, signal: AbortSignal.timeout(20_000) });
        if (reply.ok) return (await reply.json()) as T;
        throw new Error(`${path} answered ${reply.status}: ${(await reply.text()).slice(0, 200)}`);
      } catch (error) {
        if (Date.now() > until) throw error;
        await new Promise((wake) => setTimeout(wake, 200));
      }
    }
  }
  private send<T>(role: Role, path: string, body: object, method = 'POST'): Promise<T> {
    return this.ask<T>(role, path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }
  gp(): Promise<GpHolds> { return this.ask('gp', '/documents'); }
  xero(): Promise<XeroHolds> { return this.ask('xero', '/documents'); }
  books(role: 'gp' | 'xero'): Promise<GpBooks> { return this.ask(role, '/books'); }
  /** An order as the shop keeps it and tells of it; sent again it is the same order. */
  async sendOrder(text: string, topic: string): Promise<void> { await this.ask('shop', `/orders?topic=${encodeURIComponent(topic)}`, { method: 'POST', body: text }); }
  async cancel(orderId: string): Promise<void> { await this.ask('shop', `/orders/${orderId}/cancel`, { method: 'POST' }); }
  /** Money at the gateway; the same payment intent is the same money. */
  async pay(payment: { orderId: string; amountMinor: number; currency: string; paymentIntent: string }): Promise<void> { await this.send('gateway', '/payments', payment); }
  /** What goes wrong with the next calls of a system, until they are cleared. */
  fault(role: Role, fault: { mode: string; times: number }): Promise<unknown> { return this.send(role, '/faults', fault); }
  async clearFaults(role: Role): Promise<void> { await fetch(`${this.at[role]}/_sandbox/faults`, { method: 'DELETE', signal: AbortSignal.timeout(20_000) }); }
  settings(role: Role, patch: object): Promise<unknown> { return this.send(role, '/settings', patch, 'PATCH'); }
  /** The same seed makes the same orders; what is there already is only delivered again. */
  async generate(ask: { count: number; seed: number }): Promise<string[]> { return (await this.send<{ orderIds: string[] }>('shop', '/generate', ask)).orderIds; }
}
