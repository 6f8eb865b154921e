import { type Outcome } from '../../canonical/failure';
import { type Payment, type SalesOrder } from '../../canonical/sales-order';

/** Reads one shop through its Admin API; answers hold raw JSON text, so ids beyond 2^53 stay whole. */
export interface ShopifyClient {
  /** undefined when the shop knows no such order. */
  readOrder(orderId: string): Promise<Outcome<{ orderText: string; transactionsText: string } | undefined>>;
  /** Orders changed since (UTC), oldest first, for sweeps. */
  listOrdersSince(since: string, limit: number): Promise<Outcome<{ orderTexts: string[] }>>;
}
export type ShopifySettings = { adminBaseUrl: string; accessToken: string; apiVersion: string; timeoutMs: number };

/** Raw order text → canonical order (no payments), or the named reason why not. `{ "order": … }` wrappers are accepted. */
export type ShopifyOrderToSalesOrder = (orderText: string, shop: string) => Outcome<SalesOrder>;
/** Raw transactions text → successful tenders; `fallback` builds one when the API gave none but the order says paid. */
export type ShopifyTransactionsToPayments = (transactionsText: string, order: SalesOrder) => Outcome<Payment[]>;
