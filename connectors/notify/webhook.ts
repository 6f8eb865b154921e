import { createHmac } from 'node:crypto';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type Notice } from '../../canonical/notice';
import { certificateFailure } from '../certificate';

/** `secret`: `whsec_` and base64 of at least 16 bytes, as Standard Webhooks writes it. */
export type NotifyWebhook = { url: string; secret: string; timeoutMs: number };

/** `{ type, timestamp, data }`, as Standard Webhooks advises (https://www.standardwebhooks.com). */
export const webhookBody = ({ type, at, data }: Notice): string => JSON.stringify({ type, timestamp: at, data });

/** Signs and sends one notice; its id is `webhook-id`, the same on every try, so that the receiver knows it again. Only a 2xx counts. */
export async function sendNotifyWebhook(notice: Notice, { url, secret, timeoutMs }: NotifyWebhook, now: number = Date.now()): Promise<Outcome<void>> {
  const body = webhookBody(notice);
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).update(`${notice.id}.${timestamp}.${body}`).digest('base64');
  const unreached = (why: string): Outcome<never> => failed({ code: 'system-unavailable', system: 'notify', message: `The receiver of notices does not take them: ${why}.`, fix: 'It is tried again by itself; check NOTIFY_WEBHOOK_URL if it lasts.' });
  try {
    const reply = await fetch(url, { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs), headers: { 'content-type': 'application/json', 'webhook-id': notice.id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` } });
    await reply.body?.cancel();
    return reply.status >= 200 && reply.status < 300 ? done(undefined) : unreached(`HTTP ${reply.status}`);
  } catch (error) {
    const refused = certificateFailure(error, { system: 'notify', name: 'the receiver of notices' });
    return refused ? failed(refused) : unreached(error instanceof Error && error.name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : 'no connection');
  }
}
