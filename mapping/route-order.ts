import { type SalesOrder } from '../canonical/sales-order';
import { type Pair } from './pair';
import { type Route } from './pair-routes';

const lower = (text: string): string => text.trim().toLowerCase();
const meets = <T>(condition: T | undefined, holds: (wanted: T) => boolean): boolean => condition === undefined || holds(condition);

/** The route of an order: the first of the pair whose conditions all hold; undefined for a paid web order like any other. */
export function routeOf(order: SalesOrder, pair: Pair): Route | undefined {
  const source = pair.sources.find((s) => s.kind === order.source.kind && s.account === order.source.account)?.id ?? '';
  const tags = new Set((order.tags ?? []).map(lower));
  return pair.routes.find(({ when }) =>
    meets(when.sources, (list) => list.includes(source))
    && meets(when.channels, (list) => list.map(lower).includes(lower(order.channel ?? '')))
    && meets(when.tags, (list) => list.some((tag) => tags.has(lower(tag))))
    && meets(when.terms, (wanted) => (order.terms !== undefined) === wanted)
    && meets(when.company, (wanted) => (order.customer.company !== undefined) === wanted));
}

/** What being on terms means for one order; undefined when it is to be paid before it is posted. */
export type Terms = { dueDays?: number; tieOut: 'paid' | 'invoiced' };

export function termsOf(order: SalesOrder, route: Route | undefined): Terms | undefined {
  if (route?.payment !== 'terms') return undefined;
  const dueDays = order.terms?.dueDays ?? route.dueDays;
  return { tieOut: route.tieOut, ...(dueDays === undefined ? {} : { dueDays }) };
}

/** The name of an account that many buyers share; undefined for a buyer's own. */
export function sharedName(pair: Pair, customerNumber: string): string | undefined {
  return customerNumber === pair.gp.guestCustomer || pair.routes.some((r) => r.customer === 'shared' && r.customerNumber === customerNumber) ? pair.gp.guestName : undefined;
}
