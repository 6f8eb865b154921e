import { genericDoor } from '../connectors/generic/webhook';
import { magentoFeed } from '../connectors/magento/webhook';
import { shopifyDoor } from '../connectors/shopify/webhook';
import { type DeliveryDoor, type OrderFeed } from '../connectors/source';
import { stripeDoor } from '../connectors/stripe/webhook';
import { woocommerceDoor } from '../connectors/woocommerce/webhook';
import { xeroDoor } from '../connectors/xero/webhook';

/** Who may deliver to `/webhooks/<kind>/<account>`: one line per kind. */
export const doors = { shopify: shopifyDoor, woocommerce: woocommerceDoor, generic: genericDoor, stripe: stripeDoor, xero: xeroDoor } as const satisfies Record<string, DeliveryDoor>;
export type DoorKind = keyof typeof doors;
export const doorKinds = Object.keys(doors) as DoorKind[];

/** Kinds that deliver nothing and are polled. */
const polled: Record<string, OrderFeed> = { magento: magentoFeed };

/** What the inbox's rows of a kind mean, delivered or polled. */
export function feedOf(kind: string): OrderFeed | undefined {
  if (Object.hasOwn(doors, kind)) return doors[kind as DoorKind];
  return Object.hasOwn(polled, kind) ? polled[kind] : undefined;
}
