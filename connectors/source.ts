import type { Outcome } from '../canonical/failure';
import type { Payment, SalesOrder } from '../canonical/sales-order';

/** Header names in lower case. */
export type Headers = Record<string, string | undefined>;
/** Why a signature is refused; `signature-invalid` when nothing closer is known. */
export type SignatureFault = 'signature-missing' | 'signature-invalid' | 'signature-late';
export type Verified = { ok: true; secretIndex: number } | { ok: false; reason: string; code?: SignatureFault };

/**
 * What a delivery says of itself. `dedupKey` is the same for every copy of one event; `version` is the order's own last-change instant, UTC; `buyer` is
 * the shop's id of who bought, else the e-mail address: one buyer's orders are taken in the order they came.
 */
export type Delivery = { topic: string; deliveryId: string; dedupKey: string; eventTime?: string; apiVersion?: string; orderId?: string; version?: string; buyer?: string };
/** What an order's text says of itself. */
export type Identity = Pick<Delivery, 'orderId' | 'version' | 'buyer'>;

/** One order as its source tells it: raw JSON text, so that ids beyond 2^53 and decimals stay whole. `paymentsText` is absent when nobody was asked for them. */
export type SourceReading = { orderText: string; paymentsText?: string };

/** Where a listing goes on; made by the client that reads it and by nobody else. */
export type SourceCursor = { since: string; page?: number };
/** `stuck`: more orders changed in one instant than a page holds, and this source has no way to ask for the rest. */
export type SourcePage = { orderTexts: string[]; next?: SourceCursor; stuck?: boolean; /** What changed later than this (UTC) was left to the next look: it may still change within its second. */ upTo?: string };

/** Reads one source; failures are `system-unavailable`, `certificate-invalid`, `unauthorized` or `rate-limited`. */
export interface SourceClient {
  /** undefined when the source knows no such order. */
  readOrder(orderId: string): Promise<Outcome<SourceReading | undefined>>;
  /** Orders changed since (UTC), oldest change first, at most `limit`; with `next` there may be more. */
  listSince(from: SourceCursor, limit: number): Promise<Outcome<SourcePage>>;
}

/** What can be told of an order whether or not it can be translated: the order alone as text, and its name and amount where they can be read. */
export type Glance = { document: string; orderName?: string; total?: string; currency?: string };

/** What the pair's configuration says of one of its sources, as far as reading its orders goes. */
export type SourceSetup = {
  /** The shop's own name: the tenant key of its deliveries. */
  account: string;
  /** Fields of the order body that hold charges of extensions (Magento), as paths such as `extension_attributes.payment_surcharge_amount`. */
  extraTotals?: readonly string[] | undefined;
  /** Where a sender's own body keeps the order's id, its last change and the event's name (generic). */
  paths?: { orderId: string; version?: string | undefined; topic?: string | undefined } | undefined;
};

/** What a kind's mapping document reads, as JSON texts: the order without an event's envelope, and beside it the parameters that its source tells. */
export type MappingTexts = { order: string; params: Record<string, string> };

/** The kind of a source as pure functions: what it says, in our words. */
export interface SourceConnector {
  kind: string;
  /** The topic under which an order found by a sweep goes into the inbox. */
  sweptTopic: string;
  /** Which order this text is, and its version; never throws. */
  identify(orderText: string, setup: SourceSetup): Identity;
  /** Whether a delivered body holds a whole order, so that it can stand in when the source cannot be asked. */
  holdsOrder(text: string): boolean;
  /** The order as people are shown it; never throws. Without it the text is shown as it came. */
  glance?(orderText: string): Glance;
  /** What the mapping document of this kind is handed; never throws. */
  texts(reading: SourceReading, setup: SourceSetup): MappingTexts;
  /** When neither source nor gateway told a movement: what the order says of itself. */
  paymentsOfOrderItself?(orderText: string, order: SalesOrder): Payment[] | undefined;
}

/** What the inbox holds of a kind: which of its topics matter, however they came in. */
export type OrderFeed = Pick<DeliveryDoor, 'orderTopics' | 'paymentTopics' | 'coarseVersions'>;

/** How a sender's deliveries are received: verified over the raw bytes, then read. */
export interface DeliveryDoor {
  verify(rawBody: Buffer, headers: Headers, secrets: readonly string[]): Verified;
  read(rawBody: Buffer, headers: Headers, setup: SourceSetup): Delivery;
  /** Versions are whole seconds: a delivery of the second that is known already may still tell something new. */
  coarseVersions?: boolean;
  /** Topics after which the order is read anew. */
  orderTopics?: ReadonlySet<string> | 'all';
  /** Topics that tell of a payment. */
  paymentTopics?: ReadonlySet<string>;
  /** Why a delivery with a fitting signature is still not taken; undefined when it is. */
  refusal?(delivery: Delivery, headers: Headers, account: string): string | undefined;
  /** A call that only asks whether somebody is there, before any signature: answered 200, nothing is stored. */
  isPing?(rawBody: Buffer, headers: Headers): boolean;
  /** A signed delivery without content: answered 200, nothing is stored. */
  isEmpty?(rawBody: Buffer): boolean;
  /** Answers carry no body. */
  bare?: boolean;
}
