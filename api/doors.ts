import { shopifyDoor } from '../connectors/shopify/webhook';
import { type DeliveryDoor } from '../connectors/source';
import { stripeDoor } from '../connectors/stripe/webhook';
import { xeroDoor } from '../connectors/xero/webhook';

/** Who may deliver to `/webhooks/<kind>/<account>`: one line per kind. */
export const doors = { shopify: shopifyDoor, stripe: stripeDoor, xero: xeroDoor } as const satisfies Record<string, DeliveryDoor>;
export type DoorKind = keyof typeof doors;
export const doorKinds = Object.keys(doors) as DoorKind[];
/** undefined for kinds that are polled and deliver nothing. */
export const doorOf = (kind: string): DeliveryDoor | undefined => (Object.hasOwn(doors, kind) ? doors[kind as DoorKind] : undefined);
