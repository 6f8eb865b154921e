import { z } from 'zod';
import { LedgerInvoice } from '../../canonical/ledger';
import { Payment, SalesOrder } from '../../canonical/sales-order';
import { Field, type Identity, Schema } from './schema';

type Shape = { type?: string; properties?: Record<string, Shape>; required?: string[]; items?: Shape; pattern?: string; format?: string; enum?: string[]; maxLength?: number };

const decimalPattern = /\\d\{1,15\}\(\\\.\\d\{1,12\}\)\?/;
function typeOf(shape: Shape): Field['type'] {
  if (shape.type === 'object') return shape.properties?.['minor'] && shape.properties['currency'] ? 'money' : 'object';
  if (shape.type === 'array') return 'list';
  if (shape.type === 'boolean') return 'boolean';
  if (shape.type === 'integer') return 'whole';
  if (shape.format === 'date-time') return 'instant';
  if (shape.format === 'date') return 'date';
  return decimalPattern.test(shape.pattern ?? '') ? 'decimal' : 'text';
}

/** Fields of a JSON schema, in its order; money stays one field, as our documents hold it. */
function fieldsOf(shape: Shape, prefix = ''): Field[] {
  const required = new Set(shape.required ?? []);
  return Object.entries(shape.properties ?? {}).flatMap(([name, p]): Field[] => {
    const path = `${prefix}${name}`;
    const type = typeOf(p);
    const own = Field.parse({ path, type, ...(required.has(name) ? { required: true } : {}), ...(p.enum ? { enum: p.enum } : {}) });
    if (type === 'object') return [own, ...fieldsOf(p, `${path}.`)];
    if (type === 'list') return [own, ...(p.items ? fieldsOf(p.items, `${path}[].`) : [])];
    return [own];
  });
}

const schemaOf = (id: string, title: string, more: { of: z.ZodType; identities?: Identity[] }): Schema => Schema.parse({
  id, system: 'canonical', systemName: 'Tieout', title, roles: ['source', 'target'], origin: 'canonical/', fields: fieldsOf(z.toJSONSchema(more.of, { unrepresentable: 'any' }) as Shape), identities: more.identities ?? [],
});

/** The canonical documents as schemas: derived from the very types that the code uses, with the arithmetic that each of them keeps. */
export const canonicalSchemas = (): Schema[] => [
  schemaOf('canonical.sales-order', 'Sales order', { of: SalesOrder, identities: [
    { name: 'lines', left: '$total(lines.net)', right: 'totals.lines', field: 'totals.lines', says: 'The lines do not add up to what the order says of them' },
    { name: 'shipping', left: '$total(shipping.net)', right: 'totals.shipping', field: 'totals.shipping', says: 'Shipping does not add up to what the order says of it' },
    { name: 'tax', left: '$add($total(lines.taxes.amount), $total(shipping.taxes.amount))', right: 'totals.tax', field: 'totals.tax', says: 'The taxes of lines and shipping are not the tax of the order' },
    { name: 'total', left: '$add(totals.lines, totals.shipping, totals.tax)', right: 'totals.total', field: 'totals.total', says: 'Lines, shipping and tax do not make the order\'s total' },
  ] }),
  schemaOf('canonical.invoice', 'Invoice as the order ledger made it', { of: LedgerInvoice, identities: [
    { name: 'total', left: '$sub($add($total(lines.net), freight, misc, tax, freightTax), tradeDiscount)', right: 'total', field: 'total', says: 'Lines, freight, misc, taxes and trade discount do not make the invoice\'s total' },
  ] }),
  schemaOf('canonical.payment', 'Payment', { of: Payment }),
];
