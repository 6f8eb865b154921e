import { glanceAt } from '../glance';
import { type Glance } from '../source';
import { unwrapOrder } from './wire';

/** The Admin API wraps its answer in `{ "order": … }` and a webhook does not; shown is the order itself in both cases. */
export const glanceAtShopifyOrder = (orderText: string): Glance => glanceAt(orderText, unwrapOrder, { name: 'name', total: 'total_price', currency: 'currency' });
