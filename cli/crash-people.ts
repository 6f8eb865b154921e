import { randomUUID } from 'node:crypto';
import { bodyText, totalCents } from './crash-bodies';
import { type Act, type Step, type Tale } from './crash-tales';
import { type SandboxClient } from './sandbox-client';

export type Seen = { phase: string; code?: string; total?: string };
export type ApiAsk = <T>(path: string, init?: { key: 'viewer' | 'operator' | 'approver'; body: object }) => Promise<T>;
type Hands = { api: ApiAsk; sandbox: SandboxClient };

/** An undo that waits for GP's poster is asked again this often. */
const againMs = 1_500;

/** One page after the other of `/runs`: how every order stands. */
export async function readPhases(api: ApiAsk): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  for (let after: string | undefined; ;) {
    const { runs, next } = await api<{ runs: { orderId: string; phase: string; total?: string; failure?: { code: string } }[]; next?: string }>(`/runs?limit=500${after ? `&after=${encodeURIComponent(after)}` : ''}`);
    for (const run of runs) seen.set(run.orderId, { phase: run.phase, ...(run.total ? { total: run.total } : {}), ...(run.failure ? { code: run.failure.code } : {}) });
    if (!next) return seen;
    after = next;
  }
}

class Actor {
  private at = 0;
  private busy = false;
  private askedAgainAt = 0;
  private version = '';
  private readonly paymentIntent = `pi_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  constructor(private readonly tale: Tale, private readonly hands: Hands, private readonly pace: (step: Step) => number | undefined) {}

  get finished(): boolean { return this.at >= this.tale.steps.length; }

  /** Looks at how the order stands and does what is due; a step that could not be done is done at the next look. */
  async look(seen: Seen | undefined, now: number): Promise<void> {
    if (this.busy) return;
    const next = this.tale.steps[this.at];
    const due = next ? this.isDue(next, seen, now) : this.tale.ends === 'cancelled' && seen?.code === 'cannot-undo' && seen.phase === 'needs-attention' && now - this.askedAgainAt > againMs;
    if (!due) return;
    this.busy = true;
    try {
      if (next) { await this.perform(next.act); this.at += 1; this.version = ''; }
      else { this.askedAgainAt = now; await this.decide('retry'); }
    } catch { /* whoever was asked is just being killed */ } finally { this.busy = false; }
  }

  private isDue(step: Step, seen: Seen | undefined, now: number): boolean {
    const from = this.pace(step);
    if (from === undefined) return step.when.includes(seen?.phase ?? '');
    return now >= from && (step.free || step.when.includes(seen?.phase ?? ''));
  }

  private async perform(act: Act): Promise<void> {
    const { tale: { orderId, body, changed }, hands: { sandbox } } = this;
    if (act === 'cancel') return sandbox.cancel(orderId);
    if (act === 'change') { this.version ||= new Date().toISOString(); return sandbox.sendOrder(bodyText(changed ?? body, this.version), 'orders/updated'); }
    if (act === 'pay') return sandbox.pay({ orderId, amountMinor: totalCents(body), currency: body.currency, paymentIntent: this.paymentIntent });
    if (act === 'approve' || act === 'reject') return this.ask('approval', { decision: act, reason: 'looked at' });
    return this.decide(act);
  }
  private decide(decision: string): Promise<void> { return this.ask('decision', { decision, reason: 'decided in the crash run' }); }

  private async ask(what: 'approval' | 'decision', body: object): Promise<void> {
    await this.hands.api(`/runs/order-to-cash/demo/shopify/${this.tale.orderId}/${what}`, { key: what === 'approval' ? 'approver' : 'operator', body });
  }
}

/**
 * The people of the run: buyers who cancel and change, a gateway that tells late, approvers and operators. `pace` names the instant from which
 * a step may be done; without one it is done in its phase.
 */
export class People {
  private readonly actors: Map<string, Actor>;
  constructor(tales: readonly Tale[], hands: Hands, pace: (orderId: string, step: Step) => number | undefined) {
    this.actors = new Map(tales.map((tale) => [tale.orderId, new Actor(tale, hands, (step) => pace(tale.orderId, step))]));
  }
  finished(orderId: string): boolean { return this.actors.get(orderId)?.finished ?? true; }
  look(seen: ReadonlyMap<string, Seen>, sent: ReadonlySet<string>): void {
    const now = Date.now();
    for (const [orderId, actor] of this.actors) if (sent.has(orderId)) void actor.look(seen.get(orderId), now);
  }
}
