import { type Response } from 'express';
import { type FaultHit } from './faults';

/** Sends what the simulator would have sent, so that a fault can cut it. */
export type Answer = { status: number; type: string; body: string };

/**
 * Plays one fault on a reply. `commit` does the work and gives the honest answer; `…-before-commit` never calls it. Answers false for faults the
 * simulator words itself (rate limits, unavailable).
 */
export function hitFault(res: Response, hit: FaultHit, commit: () => Answer): boolean {
  const after = hit.mode.endsWith('after-commit');
  const answer = after || hit.mode === 'slow' ? commit() : undefined;
  switch (hit.mode) {
    case 'timeout-before-commit': case 'timeout-after-commit': {
      const timer = setTimeout(() => res.destroy(), hit.delayMs);
      res.on('close', () => clearTimeout(timer));
      return true;
    }
    case 'reset-before-commit': case 'reset-after-commit': res.socket?.resetAndDestroy(); return true;
    case 'reset-late-commit': res.socket?.resetAndDestroy(); setTimeout(commit, hit.delayMs); return true;
    case 'error-500-before-commit': case 'error-500-after-commit': case 'cached-500-before-commit': case 'cached-500-after-commit': res.status(500).type('text/plain').send('Internal Server Error'); return true;
    case 'error-502-before-commit': case 'error-502-after-commit': res.status(502).type('text/html').send('<html><body><h1>502 Bad Gateway</h1></body></html>'); return true;
    case 'half-reply-after-commit': res.status(answer?.status ?? 200).type(answer?.type ?? 'text/plain').send((answer?.body ?? '').slice(0, Math.floor((answer?.body ?? '').length / 2))); return true;
    case 'html-200-before-commit': case 'html-200-after-commit': res.status(200).type('text/html').send('<html><body>Sign in</body></html>'); return true;
    case 'truncated-after-commit': {
      const body = answer?.body ?? '';
      res.status(answer?.status ?? 200).type(answer?.type ?? 'text/plain').setHeader('Content-Length', String(Buffer.byteLength(body) + 64));
      res.write(body.slice(0, Math.floor(body.length / 2)), () => res.socket?.destroy());
      return true;
    }
    case 'slow': setTimeout(() => { if (answer) res.status(answer.status).type(answer.type).send(answer.body); }, hit.delayMs); return true;
    default: return false;
  }
}
