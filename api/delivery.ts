import { createHash } from 'node:crypto';
import { isVersion } from '../canonical/instant';
import { jsonFault, utf8Text } from '../canonical/json-text';
import { type Delivery } from '../connectors/source';

/** Topic of a delivery with a fitting signature that nobody can read; kept as it came, and shown to people. */
export const unreadableTopic = 'unreadable';
export const isUnreadable = (topic: string): boolean => topic === unreadableTopic || topic.startsWith(`${unreadableTopic} `);

const keyMax = 200;
/** An order's id becomes part of a workflow id and of document keys: no slash, no blank, no control character. */
const orderIdForm = /^[A-Za-z0-9][A-Za-z0-9._:#@+-]{0,79}$/;
const printable = /^[\x20-\x7e]+$/;
const instant = /^(19[7-9]\d|2[01]\d\d)-/;

const hashOf = (text: string | Buffer): string => `sha256-${createHash('sha256').update(text).digest('hex')}`;
/** Names that senders give are printable and short, else their hash stands for them: an index row is bounded, and PostgreSQL takes no NUL. */
const bounded = (text: string): string => (text.length <= keyMax && printable.test(text) ? text : hashOf(text));

function isJson(body: Buffer): boolean {
  const text = utf8Text(body);
  if (text === undefined || jsonFault(text) !== undefined) return false;
  try { JSON.parse(text); return true; } catch { return false; }
}

/**
 * What the door read of a delivery, made fit to be stored whatever its sender wrote. A body that is no sound JSON (bytes that are no UTF-8, too deep,
 * a member twice, a prototype) or names an order by an impossible id is marked unreadable: it is stored and shown, and never acted on. A version more
 * than a day ahead of `now` (epoch ms) is left out: such an order is always looked at.
 */
export function soundDelivery(read: Delivery, body: Buffer, now = Date.now()): Delivery {
  const { topic, deliveryId, dedupKey, eventTime, apiVersion, orderId, version, buyer } = read;
  const names = { deliveryId: bounded(deliveryId || hashOf(body)), dedupKey: bounded(dedupKey || hashOf(body)) };
  const word = bounded(topic || unreadableTopic);
  if (!isJson(body) || (orderId !== undefined && !orderIdForm.test(orderId))) return { ...names, topic: isUnreadable(word) ? word : `${unreadableTopic} ${word}` };
  return {
    ...names, topic: word, ...(eventTime !== undefined && instant.test(eventTime) ? { eventTime } : {}), ...(apiVersion !== undefined ? { apiVersion: bounded(apiVersion) } : {}),
    ...(orderId !== undefined ? { orderId, ...(buyer === undefined ? {} : { buyer }) } : {}), ...(version !== undefined && isVersion(version, now) ? { version } : {}),
  };
}
