import { z } from 'zod';
import { type Outcome } from './failure';

/** Kinds of master records that both ledgers hold. */
export const masterKinds = ['customer', 'vendor', 'item', 'account', 'tax', 'tracking', 'terms', 'currency'] as const;
export type MasterKind = (typeof masterKinds)[number];
export const masterSystems = ['gp', 'xero'] as const;
export type MasterSystem = (typeof masterSystems)[number];
export const otherSystem = (system: MasterSystem): MasterSystem => (system === 'gp' ? 'xero' : 'gp');

export type FieldType = 'text' | 'decimal' | 'boolean' | 'integer';
/** `label` is what people read; `required` must be there before a record is made; `identity` may tell two parties apart. */
export type FieldSpec = { type: FieldType; label: string; required?: boolean; identity?: boolean };

const address = (name: string, label: string): Record<string, FieldSpec> => Object.fromEntries(
  [['attention', 'attention'], ['line1', 'address'], ['line2', 'address 2'], ['line3', 'address 3'], ['city', 'city'], ['region', 'state or region'], ['postalCode', 'postal code'], ['country', 'country']]
    .map(([part, words]) => [`${name}.${part ?? ''}`, { type: 'text', label: `${label} ${words ?? ''}` }]),
) as Record<string, FieldSpec>;

const party: Record<string, FieldSpec> = {
  name: { type: 'text', label: 'name', required: true, identity: true }, contactPerson: { type: 'text', label: 'contact person' }, email: { type: 'text', label: 'e-mail', identity: true },
  phone: { type: 'text', label: 'phone' }, mobile: { type: 'text', label: 'mobile phone' }, fax: { type: 'text', label: 'fax' }, taxNumber: { type: 'text', label: 'tax number', identity: true },
  accountNumber: { type: 'text', label: 'account number' }, currency: { type: 'text', label: 'currency' }, terms: { type: 'text', label: 'payment terms' }, class: { type: 'text', label: 'class or group' }, taxCode: { type: 'text', label: 'tax schedule or type' },
  hold: { type: 'boolean', label: 'on hold' }, ...address('billing', 'billing'), ...address('delivery', 'delivery'),
};

/** Canonical fields of each kind, flat: ownership, comparison and conflicts go field by field. Amounts and rates are decimal text. */
export const masterFields: Record<MasterKind, Record<string, FieldSpec>> = {
  customer: { ...party, creditLimit: { type: 'decimal', label: 'credit limit' }, priceLevel: { type: 'text', label: 'price level' } },
  vendor: { ...party },
  item: {
    code: { type: 'text', label: 'item number', required: true, identity: true }, name: { type: 'text', label: 'name' }, description: { type: 'text', label: 'sales description' }, purchaseDescription: { type: 'text', label: 'purchase description' },
    price: { type: 'decimal', label: 'list price' }, cost: { type: 'decimal', label: 'standard cost' }, salesAccount: { type: 'text', label: 'sales account' }, purchaseAccount: { type: 'text', label: 'purchase account' },
    salesTax: { type: 'text', label: 'sales tax' }, purchaseTax: { type: 'text', label: 'purchase tax' }, sold: { type: 'boolean', label: 'is sold' }, purchased: { type: 'boolean', label: 'is purchased' }, class: { type: 'text', label: 'item class' },
  },
  account: {
    number: { type: 'text', label: 'account number', required: true, identity: true }, name: { type: 'text', label: 'description', required: true }, class: { type: 'text', label: 'class (asset, liability, equity, revenue, expense)', required: true },
    type: { type: 'text', label: 'account type' }, category: { type: 'text', label: 'category' }, taxCode: { type: 'text', label: 'tax type' }, currency: { type: 'text', label: 'currency' },
  },
  tax: { code: { type: 'text', label: 'tax code', required: true, identity: true }, name: { type: 'text', label: 'name', required: true }, rate: { type: 'decimal', label: 'rate in percent', required: true }, kind: { type: 'text', label: 'sales or purchases' } },
  tracking: { category: { type: 'text', label: 'tracking category or segment', required: true }, code: { type: 'text', label: 'segment value', identity: true }, name: { type: 'text', label: 'option name', required: true, identity: true } },
  terms: { code: { type: 'text', label: 'terms id', required: true, identity: true }, dueType: { type: 'text', label: 'how the due date is counted' }, dueDays: { type: 'integer', label: 'days' }, discountPercent: { type: 'decimal', label: 'discount in percent' }, discountDays: { type: 'integer', label: 'discount days' } },
  currency: { code: { type: 'text', label: 'ISO code', required: true, identity: true }, name: { type: 'text', label: 'name' }, symbol: { type: 'text', label: 'symbol' } },
};

/** Field → value as text; an absent field is blank. */
export const MasterFields = z.record(z.string(), z.string().max(8_000));
export type MasterFields = z.infer<typeof MasterFields>;

/** One record as one system holds it. */
export const MasterRecord = z.object({
  kind: z.enum(masterKinds), system: z.enum(masterSystems),
  /** The system's own stable id: CUSTNMBR, ContactID, ITEMNMBR, AccountID … */
  id: z.string().min(1).max(120),
  /** The other system's id, where this one has a place for it (ContactNumber, INTEGRATIONID). */
  foreignId: z.string().optional(),
  fields: MasterFields,
  state: z.enum(['active', 'archived', 'deleted']),
  /** Merged or combined away: the id that stands for it now. */
  mergedInto: z.string().optional(),
  /** The system's own last-change instant, UTC. */
  version: z.iso.datetime(),
  /** Why nobody may write it from outside (system accounts, bank accounts). */
  protected: z.string().optional(),
});
export type MasterRecord = z.infer<typeof MasterRecord>;

/**
 * A field that one side holds only in part. `full` is the other side's value, `held` what stands here instead (absent: nothing). How: shortened or written
 * otherwise; left out, because it does not fit and is never cut; no place for it at all; a name with the number behind it; not written, because the record
 * is not to be touched from outside. `says` tells people, values included.
 */
export const HeldInPart = z.object({ field: z.string().max(60), label: z.string(), system: z.enum(masterSystems), how: z.enum(['shortened', 'left-out', 'no-place', 'numbered', 'not-written']), full: z.string(), held: z.string().optional(), says: z.string() });
export type HeldInPart = z.infer<typeof HeldInPart>;

/**
 * A change to be written to one system; without `id` the record is to be made, under `newId` where the caller chooses the key. `before`: what the fields
 * that are written (`set` and `clear`) held when the change was planned; absent: it is not known, and the write is done whatever stands there.
 */
export type MasterWrite = {
  kind: MasterKind; id?: string; newId?: string; foreignId?: string; set: MasterFields; clear?: string[]; state?: 'active' | 'archived'; before?: MasterFields;
};

/**
 * What became of one write, as read back from the system. `existed`: it stood there before this call. `warnings`: what the system could not hold in full.
 * `overtaken`: it was not written, because somebody changed one of its fields after it was planned (see `overtaken()`); `record` is what stands there.
 */
export type MasterWritten = { record: MasterRecord; existed: boolean; warnings: string[]; overtaken?: true };

/** Whether a record, as it stands right before a write, holds in one of the written fields neither what it held at the plan nor what is wanted: another hand's change, which is not to be written over. `wanted` as that system can hold it. */
export function overtaken(record: MasterRecord, { before, set, clear = [] }: MasterWrite, wanted: Record<string, string | undefined> = set): boolean {
  return before !== undefined && [...Object.keys(set), ...clear].some((f) => { const now = record.fields[f] ?? ''; return now !== (before[f] ?? '') && now !== (wanted[f] ?? ''); });
}

/**
 * One ledger's master records, as the synchronisation sees them. Reads are paged and bounded; a write of many is one call of the other system where it
 * can take many (Xero: 50), each with its own outcome. A change that was overtaken is left undone (`MasterWritten.overtaken`). A write that ends without a clear answer is looked up by id, our number or name before a
 * second one. Failure codes: canonical/failure.ts.
 */
export interface MasterSide {
  readonly system: MasterSystem;
  /** Largest number of writes that share one call. */
  readonly writeMax: number;
  /** Records changed since the instant (all without one), oldest first; `next` continues the page, `watermark` is where the next look starts. */
  changedSince(ask: { kind: MasterKind; since?: string; cursor?: string; limit: number }): Promise<Outcome<{ records: MasterRecord[]; next?: string; watermark: string }>>;
  /** Those of these ids that exist, archived and merged ones included. */
  read(kind: MasterKind, ids: string[]): Promise<Outcome<MasterRecord[]>>;
  /** One outcome per write, in the order given. */
  write(writes: MasterWrite[]): Promise<Outcome<MasterWritten>[]>;
}
