import { createHash } from 'node:crypto';
import { type Answer } from '../kit/express-faults';

const keptMs = 6 * 60_000;
type Request = { method: string; url: string; body: string };
type Known = { kind: 'answer'; answer: Answer } | { kind: 'conflict' } | { kind: 'under-way'; ended: Promise<void> };

/**
 * Idempotency-Key: six minutes from the first call, per app; errors are kept too; another request under the key is refused. A copy of a request
 * that is still under way waits for it.
 */
export class IdempotencyCache {
  private readonly kept = new Map<string, { at: number; request: string; answer: Answer }>();
  private readonly underWay = new Map<string, { ended: Promise<void>; end: () => void }>();

  private static fingerprint(call: Request): string { return createHash('sha256').update(`${call.method} ${call.url} ${call.body}`).digest('hex'); }

  find(key: string, call: Request): Known | undefined {
    const busy = this.underWay.get(key);
    if (busy) return { kind: 'under-way', ended: busy.ended };
    const found = this.kept.get(key);
    if (!found || Date.now() - found.at > keptMs) { this.kept.delete(key); return undefined; }
    return found.request === IdempotencyCache.fingerprint(call) ? { kind: 'answer', answer: found.answer } : { kind: 'conflict' };
  }
  begin(key: string): void {
    let end: () => void = () => undefined;
    this.underWay.set(key, { ended: new Promise((go) => { end = go; }), end });
  }
  keep(key: string, call: Request, answer: Answer): void {
    if (this.kept.size > 20_000) this.kept.delete([...this.kept.keys()][0] ?? '');
    this.kept.set(key, { at: Date.now(), request: IdempotencyCache.fingerprint(call), answer });
    this.underWay.get(key)?.end();
    this.underWay.delete(key);
  }
}
