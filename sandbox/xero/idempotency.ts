import { createHash } from 'node:crypto';
import { type Answer } from '../kit/express-faults';

const keptMs = 6 * 60_000;

/** Idempotency-Key: six minutes from the first call, per app; errors are kept too; another request under the key is refused. */
export class IdempotencyCache {
  private readonly kept = new Map<string, { at: number; request: string; answer: Answer }>();

  private static fingerprint(call: { method: string; url: string; body: string }): string { return createHash('sha256').update(`${call.method} ${call.url} ${call.body}`).digest('hex'); }

  find(key: string, call: { method: string; url: string; body: string }): Answer | 'conflict' | undefined {
    const found = this.kept.get(key);
    if (!found || Date.now() - found.at > keptMs) { this.kept.delete(key); return undefined; }
    return found.request === IdempotencyCache.fingerprint(call) ? found.answer : 'conflict';
  }
  keep(key: string, call: { method: string; url: string; body: string }, answer: Answer): void {
    if (this.kept.size > 20_000) this.kept.delete([...this.kept.keys()][0] ?? '');
    this.kept.set(key, { at: Date.now(), request: IdempotencyCache.fingerprint(call), answer });
  }
}
