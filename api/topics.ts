import { type Failure } from '../canonical/failure';

/** Topics that speak of money and that nobody posts by itself: a person must see them. */
const moneyTopics = [/^refunds\//, /^order_transactions\//, /^disputes\//, /^tender_transactions\//, /^charge\.(refunded|dispute)/, /^refund\./, /^payout\./, /^orders\/(delete|fulfilled)$/, /^order\.deleted$/, /^action\..*refund/];

export function notHandled(topic: string): Failure | undefined {
  if (!moneyTopics.some((p) => p.test(topic))) return undefined;
  return { code: 'topic-not-handled', field: 'topic', value: topic, message: `"${topic}" speaks of money or goods that order-to-cash does not post by itself.`, fix: 'Look at it in the shop or gateway and book what it means by hand; then mark this delivery as seen.' };
}
