import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { generateOrders } from '../sandbox/shop/generate';

export type SendAsk = { url: string; shop: string; secret: string; rate: number; seconds: number; seed: number };
/** `ms` from the first byte sent to the whole answer, of those answered with 200; `ids` of all that were sent. */
export type SendResult = { ids: string[]; acked: number; refused: Record<string, number>; ms: number[]; achievedPerSecond: number };

type Delivery = { id: string; body: Buffer; headers: Record<string, string> };
const socketsMax = 64;
const timeoutMs = 30_000;

/** Whole orders, signed beforehand, so that sending costs this process as little as it can. */
function prepare({ rate, seconds, seed, shop, secret }: SendAsk): Delivery[] {
  return generateOrders({ count: rate * seconds, seed }).map(({ text }) => {
    const body = Buffer.from(text);
    const id = randomUUID();
    return { id, body, headers: {
      'content-type': 'application/json', 'content-length': String(body.length), 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': shop, 'x-shopify-api-version': '2026-07', 'x-shopify-webhook-id': id, 'x-shopify-event-id': randomUUID(),
      'x-shopify-triggered-at': new Date().toISOString(), 'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
    } };
  });
}

/** Open loop: each delivery goes at its own moment, however late the answers to those before it are. */
function send(ask: SendAsk, deliveries: readonly Delivery[]): Promise<SendResult> {
  const { hostname, port, pathname } = new URL(ask.url);
  const agent = new Agent({ keepAlive: true, maxSockets: socketsMax, scheduling: 'lifo' });
  const result: SendResult = { ids: deliveries.map((d) => d.id), acked: 0, refused: {}, ms: [], achievedPerSecond: 0 };
  return new Promise((done) => {
    const began = performance.now();
    let sent = 0;
    let ended = 0;
    const end = (status: string, ms: number): void => {
      if (status === '200') { result.acked += 1; result.ms.push(ms); } else result.refused[status] = (result.refused[status] ?? 0) + 1;
      if (++ended === deliveries.length) { agent.destroy(); done(result); }
    };
    const one = ({ body, headers }: Delivery): void => {
      const at = performance.now();
      const call = request({ hostname, port, path: pathname, method: 'POST', headers, agent, timeout: timeoutMs }, (reply) => { reply.resume().once('end', () => end(String(reply.statusCode), performance.now() - at)); });
      call.once('timeout', () => call.destroy(new Error('timeout')));
      call.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message, performance.now() - at));
      call.end(body);
    };
    const tick = (): void => {
      const due = Math.min(deliveries.length, Math.floor(((performance.now() - began) / 1000) * ask.rate) + 1);
      for (; sent < due; sent += 1) { const delivery = deliveries[sent]; if (delivery) one(delivery); }
      if (sent < deliveries.length) setTimeout(tick, 1);
      else result.achievedPerSecond = deliveries.length / ((performance.now() - began) / 1000);
    };
    tick();
  });
}

/** A process of its own: told what to send over the channel to its parent, answers when it is prepared, sends on the second word. */
process.once('message', (ask: SendAsk) => {
  const deliveries = prepare(ask);
  process.once('message', () => { void send(ask, deliveries).then((result) => { process.send?.(result, () => process.exit(0)); }); });
  process.send?.('prepared');
});
process.once('disconnect', () => process.exit(1));
