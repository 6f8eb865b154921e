// node scripts/catalogue.mjs REFERENCE SAMPLES: writes mapping/catalogue/schemas/*.json anew, from the folder of references (GP's nodes with lengths, Xero's
// OpenAPI) and of real bodies, and from the wire shapes of dist/. Needed only when one of them changed; the files it writes are part of the project.
import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(join(root, 'package.json'));
const [reference, samples] = process.argv.slice(2);
if (!reference || !samples || !existsSync(reference) || !existsSync(samples)) { process.stderr.write('Fix: node scripts/catalogue.mjs REFERENCE SAMPLES (both are folders).\n'); process.exit(2); }
const { z } = require('zod');
const dist = (path) => require(join(root, 'dist', path));

const write = (schema) => {
  const { fields, ...head } = schema;
  const text = JSON.stringify(head).slice(0, -1);
  writeFileSync(join(root, 'mapping', 'catalogue', 'schemas', `${schema.id}.json`), `${text},"fields":[\n${fields.map((f) => JSON.stringify(f)).join(',\n')}\n]}\n`);
  process.stderr.write(`· ${schema.id}: ${fields.length} fields\n`);
};
const short = (text) => { const [first = ''] = (text ?? '').replace(/<[^>]+>/g, '').replace(/\s+/g, ' ').trim().split(/(?<=[^.]{12}\.) /); return first.length > 110 ? `${first.slice(0, 109).trimEnd()}…` : first; };

// ---- GP: the nodes as the reference notes them ------------------------------------------------------------------------------------------
const gpText = readFileSync(join(reference, 'dynamics-gp.md'), 'utf8');
const captionFile = join(samples, 'mapping', 'gp-column-captions.json');
const captions = existsSync(captionFile) ? JSON.parse(readFileSync(captionFile, 'utf8')) : {};
const captionOf = (name) => (captions.captions ?? captions)[name] ?? '';
const groups = {
  '[MC]': 'XCHGRATE:d=0 RATETPID:s15 EXPNDATE:dt EXCHDATE:dt EXGTBDSC:s30 EXTBLSRC:s50 RATEEXPR:i2=-1 DYSTINCR:i2=-1 RATEVARC:d=0 TRXDTDEF:i2=-1 RTCLCMTD:i2=-1 PRVDSLMT:i2=0 DATELMTS:i2=0 TIME1:dt',
  '[UD]': 'USRDEFND1:s50 USRDEFND2:s50 USRDEFND3:s50 USRDEFND4:s8000 USRDEFND5:s8000',
};
const nodes = new Map();
for (const [, name, list] of gpText.matchAll(/`(ta[A-Za-z]+)`: `([^`]+:(?:s|i2|i4|d|dt)[^`]*)`/g)) if (!nodes.has(name)) nodes.set(name, list);
const kinds = { i2: 'whole', i4: 'whole', d: 'decimal', dt: 'date' };
function gpFields(node, { many = false } = {}) {
  const list = nodes.get(node);
  if (!list) throw new Error(`the reference has no node ${node}`);
  const prefix = many ? `${node}_Items[].` : `${node}.`;
  const own = list.replace(/\[(MC|UD)\]/g, (all) => groups[all]).trim().split(/\s+/).flatMap((word) => {
    const found = /^([A-Za-z]\w*)(\*?):(s\d*|i2|i4|dt|d)(\?)?(?:=(\S+))?$/.exec(word);
    if (!found) return [];
    const [, name, star, type, , fallback] = found;
    const length = type.startsWith('s') && type.length > 1 ? Number(type.slice(1)) : undefined;
    return [{ path: `${prefix}${name}`, type: kinds[type] ?? 'text', description: captionOf(name), ...(length ? { length } : {}), ...(type === 'd' ? { decimals: /^(XCHGRATE)$/.test(name) ? 7 : 5 } : {}), ...(star ? { required: true } : {}), ...(fallback === undefined ? {} : { default: fallback }), ...(name.startsWith('USRDEF') || name.startsWith('USERDEF') || name.startsWith('USRTAB') || name.startsWith('USRDAT') ? { custom: true } : {}) }];
  });
  return [{ path: many ? `${node}_Items` : node, type: many ? 'list' : 'object', description: '' }, ...own];
}
const gp = (id, title, more) => ({ id: `gp.${id}`, system: 'gp', systemName: 'GP', title, roles: ['source', 'target'], open: false, codePage: 'windows-1252', origin: 'eConnect nodes of Dynamics GP 18', ...more });
const sum = (name, left, right, more) => ({ name, left, right, ...more });
const sales = gp('sales-transaction', 'GP sales document (SOPTransactionType)', { fields: [
  ...gpFields('taUpdateCreateCustomerRcd'), ...gpFields('taCreateCustomerAddress', { many: true }), ...gpFields('taSopLineIvcInsert', { many: true }), ...gpFields('taSopLineIvcTaxInsert', { many: true }),
  ...gpFields('taCreateSopPaymentInsertRecord', { many: true }), ...gpFields('taSopUserDefined'), ...gpFields('taSopDistribution', { many: true }), ...gpFields('taSopHdrIvcInsert')],
  identities: [
    sum('subtotal', '$total(taSopLineIvcInsert_Items.XTNDPRCE)', 'taSopHdrIvcInsert.SUBTOTAL', { field: 'taSopHdrIvcInsert.SUBTOTAL', says: 'The lines are not the subtotal (GP error 67)' }),
    sum('document', '$total([taSopHdrIvcInsert.SUBTOTAL, taSopHdrIvcInsert.FREIGHT, taSopHdrIvcInsert.MISCAMNT, taSopHdrIvcInsert.TAXAMNT, taSopHdrIvcInsert.FRTTXAMT, taSopHdrIvcInsert.MSCTXAMT, $neg(taSopHdrIvcInsert.TRDISAMT)])', 'taSopHdrIvcInsert.DOCAMNT', { field: 'taSopHdrIvcInsert.DOCAMNT', says: 'Subtotal, freight, misc, taxes and trade discount do not make the document amount (GP error 235)' }),
    sum('tax', '$total(taSopLineIvcInsert_Items.TAXAMNT)', 'taSopHdrIvcInsert.TAXAMNT', { field: 'taSopHdrIvcInsert.TAXAMNT', says: 'The taxes of the lines are not the tax of the document' }),
  ] });
write(sales);
write(gp('customer', 'GP customer (RMCustomerMasterType)', { fields: [...gpFields('taUpdateCreateCustomerRcd'), ...gpFields('taCreateCustomerAddress', { many: true }), ...gpFields('taCreateInternetAddresses', { many: true })] }));
write(gp('cash-receipt', 'GP cash receipt (RMCashReceiptsType)', { fields: [...gpFields('taUpdateCreateCustomerRcd'), ...gpFields('taRMCashReceiptInsert')] }));
nodes.set('taRMApply', 'APTODCNM*:s20? APFRDCNM*:s20? APPTOAMT*:d APFRDCTY*:i4 APTODCTY*:i4 DISTKNAM:d WROFAMNT:d=0 APPLYDATE:dt GLPOSTDT:dt [UD]');
write(gp('apply', 'GP application of a receipt or return (RMApplyType)', { fields: gpFields('taRMApply') }));
write(gp('receivables-transaction', 'GP receivables document (RMTransactionType)', { fields: [...gpFields('taRMTransactionTaxInsert', { many: true }), ...gpFields('taRMDistribution', { many: true }), ...gpFields('taRMTransaction')],
  identities: [sum('document', '$total([taRMTransaction.SLSAMNT, $neg(taRMTransaction.TRDISAMT), taRMTransaction.FRTAMNT, taRMTransaction.MISCAMNT, taRMTransaction.TAXAMNT])', 'taRMTransaction.DOCAMNT', { field: 'taRMTransaction.DOCAMNT', says: 'Sales, freight, misc, tax and trade discount do not make the document amount (GP error 621)' }),
    sum('distributions', '$total(taRMDistribution_Items.DEBITAMT)', '$total(taRMDistribution_Items.CRDTAMNT)', { field: 'taRMDistribution_Items', says: 'The journal is not balanced: its debits are not its credits' })] }));
write(gp('vendor', 'GP vendor (PMVendorMasterType)', { fields: [...gpFields('taUpdateCreateVendorRcd'), ...gpFields('taCreateVendorAddress', { many: true })] }));
write(gp('payables-transaction', 'GP payables document (PMTransactionType)', { fields: [...gpFields('taPMTransactionTaxInsert', { many: true }), ...gpFields('taPMDistribution', { many: true }), ...gpFields('taPMTransactionInsert')],
  identities: [sum('distributions', '$total(taPMDistribution_Items.DEBITAMT)', '$total(taPMDistribution_Items.CRDTAMNT)', { field: 'taPMDistribution_Items', says: 'The journal is not balanced: its debits are not its credits' })] }));
write(gp('item', 'GP item (IVItemMasterType)', { fields: [...gpFields('taUpdateCreateItemRcd'), ...gpFields('taUpdateCreateItemCurrencyRcd', { many: true }), ...gpFields('taIVCreateItemPriceListLine', { many: true }), ...gpFields('taIVCreateItemPriceListHeader'), ...gpFields('taItemSite', { many: true })] }));
write(gp('account', 'GP account (GLAccountType)', { fields: gpFields('taUpdateCreateAccountRcd') }));
write(gp('journal', 'GP journal entry (GLTransactionType)', { fields: [...gpFields('taGLTransactionLineInsert', { many: true }), ...gpFields('taGLTransactionHeaderInsert')],
  identities: [sum('balance', '$total(taGLTransactionLineInsert_Items.DEBITAMT)', '$total(taGLTransactionLineInsert_Items.CRDTAMNT)', { field: 'taGLTransactionLineInsert_Items', says: 'The journal is not balanced: its debits are not its credits' })] }));

// ---- Xero: its OpenAPI ------------------------------------------------------------------------------------------------------------------
const api = require('yaml').parse(readFileSync(join(reference, 'xero', 'xero_accounting.yaml'), 'utf8')).components.schemas;
/** Lengths that Xero's pages state and its OpenAPI does not (xero.md §5). */
const lengths = { 'Invoice.InvoiceNumber': 255, 'Invoice.Reference': 255, 'CreditNote.CreditNoteNumber': 255, 'CreditNote.Reference': 255, 'LineItem.Description': 4000, 'Contact.Name': 255, 'Contact.ContactNumber': 50, 'Contact.AccountNumber': 50, 'Contact.FirstName': 255, 'Contact.LastName': 255, 'Contact.CompanyNumber': 50, 'Contact.EmailAddress': 255, 'Contact.TaxNumber': 50,
  'Address.AddressLine1': 500, 'Address.AddressLine2': 500, 'Address.AddressLine3': 500, 'Address.AddressLine4': 500, 'Address.City': 255, 'Address.Region': 255, 'Address.AttentionTo': 255, 'Address.PostalCode': 50, 'Address.Country': 50, 'Phone.PhoneNumber': 50, 'Phone.PhoneAreaCode': 10, 'Phone.PhoneCountryCode': 20, 'Account.Code': 10, 'Account.Name': 150, 'Account.Description': 4000, 'Item.Code': 30, 'Item.Name': 50, 'Item.Description': 4000, 'TrackingCategory.Name': 100, 'TrackingOption.Name': 100, 'LineItemTracking.Name': 100, 'LineItemTracking.Option': 100 };
const decimals = { 'LineItem.Quantity': 4, 'LineItem.UnitAmount': 4, 'Invoice.CurrencyRate': 6, 'CreditNote.CurrencyRate': 6, 'Payment.CurrencyRate': 6 };
const required = new Set(['Invoice.Type', 'Invoice.Contact', 'Invoice.LineItems', 'CreditNote.Type', 'CreditNote.Contact', 'CreditNote.LineItems', 'LineItem.Description', 'Contact.Name', 'Account.Type', 'Item.Code', 'Payment.Account', 'Payment.Amount', 'Payment.Date', 'ManualJournal.Narration', 'ManualJournal.JournalLines']);
const elementOf = (property) => property?.items?.$ref?.split('/').pop();
function xeroFields(name, { prefix = '', depth = 0, seen = [] } = {}) {
  const schema = api[name];
  if (!schema?.properties || depth > 3) return [];
  return Object.entries(schema.properties).flatMap(([field, p]) => {
    const key = `${name}.${field}`;
    const path = `${prefix}${field}`;
    if (seen.includes(elementOf(p) ?? p.$ref?.split('/').pop() ?? '')) return [];
    const target = p.$ref?.split('/').pop();
    const resolved = target ? api[target] : p;
    const more = { ...(required.has(key) && (depth === 0 || name === 'LineItem') ? { required: true } : {}), ...(p.readOnly ? { readOnly: true } : {}) };
    const head = { path, description: short(p.description ?? resolved?.description) };
    if (target && resolved?.properties) return depth >= 1 && !['LineItem', 'TrackingCategory'].includes(name) ? [{ ...head, type: 'object', ...more }] : [{ ...head, type: 'object', ...more }, ...xeroFields(target, { prefix: `${path}.`, depth: depth + 1, seen: [...seen, name, target] })];
    if (resolved?.type === 'array') {
      const element = elementOf(resolved);
      return [{ ...head, type: 'list', ...more }, ...(element && (depth === 0 || name === 'LineItem') ? xeroFields(element, { prefix: `${path}[].`, depth: depth + 1, seen: [...seen, name, element] }) : [])];
    }
    const list = resolved?.enum?.map(String).filter((v) => v !== '');
    const date = /(^|\b)date\b/i.test(field) && !/UTC|String/.test(field);
    const type = resolved?.type === 'number' ? 'decimal' : resolved?.type === 'integer' ? 'whole' : resolved?.type === 'boolean' ? 'boolean' : /DateUTC$/.test(field) ? 'text' : date || /Date$/.test(field) ? 'date' : 'text';
    return [{ ...head, type, ...(lengths[key] ?? p.maxLength ? { length: lengths[key] ?? p.maxLength } : {}), ...(type === 'decimal' ? { decimals: decimals[key] ?? 2, wire: 'number' } : {}), ...(list && list.length <= 60 ? { enum: list } : {}), ...more }];
  });
}
const xero = (id, name, title, more = {}) => write({ id: `xero.${id}`, system: 'xero', systemName: 'Xero', title, roles: ['source', 'target'], open: false, origin: 'Xero OpenAPI 16.1.0 (MIT), lengths of Xero\'s developer pages', ...more, fields: xeroFields(name) });
xero('invoice', 'Invoice', 'Xero invoice or bill');
xero('credit-note', 'CreditNote', 'Xero credit note');
xero('payment', 'Payment', 'Xero payment');
xero('contact', 'Contact', 'Xero contact');
xero('item', 'Item', 'Xero item');
xero('account', 'Account', 'Xero account');
xero('tax-rate', 'TaxRate', 'Xero tax rate');
xero('tracking-category', 'TrackingCategory', 'Xero tracking category');
xero('currency', 'Currency', 'Xero currency');
xero('bank-transaction', 'BankTransaction', 'Xero bank transaction');
xero('manual-journal', 'ManualJournal', 'Xero manual journal', { identities: [sum('balance', '$total(JournalLines.LineAmount)', '"0"', { field: 'JournalLines', says: 'The journal is not balanced: its debits are not its credits' })] });

// ---- shops: the fields of real bodies and those that our wire shapes read ----------------------------------------------------------------
const decimalText = /^-?\d+\.\d+$/;
function typeOf(value) {
  if (Array.isArray(value)) return 'list';
  if (value === null) return 'any';
  if (typeof value === 'object') return 'object';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'whole' : 'decimal';
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}/.test(value)) return 'instant';
  return decimalText.test(value) ? 'decimal' : 'text';
}
const wider = (a, b) => (a === undefined || a === 'any' ? b : b === 'any' || a === b ? a : ['whole', 'decimal'].includes(a) && ['whole', 'decimal'].includes(b) ? 'decimal' : ['object', 'list'].includes(a) ? a : ['object', 'list'].includes(b) ? b : 'text');
const quoted = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);
function walk(value, prefix, into, depth = 0) {
  if (depth > 6 || typeof value !== 'object' || value === null) return;
  for (const [name, v] of Object.entries(value)) {
    const path = `${prefix}${quoted(name)}`;
    into.set(path, { ...into.get(path), type: wider(into.get(path)?.type, typeOf(v)) });
    if (Array.isArray(v)) v.forEach((one) => walk(one, `${path}[].`, into, depth + 1));
    else walk(v, `${path}.`, into, depth + 1);
  }
}
const jsonType = (p) => (p.enum ? 'text' : p.type === 'array' ? 'list' : p.type === 'object' ? 'object' : p.type === 'boolean' ? 'boolean' : p.type === 'integer' ? 'whole' : p.type === 'string' && p.format === 'date-time' ? 'instant' : p.type === 'string' && /\\d\{1,1[58]\}/.test(p.pattern ?? '') ? 'decimal' : p.type === 'string' ? 'text' : 'any');
function wire(schema, prefix, into) {
  const needed = new Set(schema.required ?? []);
  for (const [name, p] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${quoted(name)}`;
    const known = into.get(path);
    const type = jsonType(p);
    into.set(path, { ...known, type: known && known.type !== 'any' && type === 'text' ? known.type : type === 'any' ? known?.type ?? 'any' : type, read: true, ...(p.enum ? { enum: p.enum } : {}), needed: needed.has(name) });
    if (p.type === 'array') wire(p.items ?? {}, `${path}[].`, into);
    if (p.type === 'object') wire(p, `${path}.`, into);
  }
}
const bodies = (folder, pick) => readdirSync(join(samples, folder)).filter((f) => f.endsWith('.json') && pick(f)).map((f) => JSON.parse(readFileSync(join(samples, folder, f), 'utf8'))).map((b) => b.order ?? b);
const ordered = (into) => [...into].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, { type, enum: list }]) => ({ path, type, description: '', ...(list ? { enum: list } : {}) }));
function shop(id, title, { systemName, wires, folder, pick = () => false, open = true }) {
  const into = new Map();
  for (const body of folder ? bodies(folder, pick) : []) walk(body, '', into);
  wire(z.toJSONSchema(wires, { io: 'output', unrepresentable: 'any' }), '', into);
  write({ id, system: id.split('.')[0], systemName, title, roles: ['source'], open, origin: 'fields of real bodies and of the shop\'s documentation', fields: ordered(into) });
}
shop('shopify.order', 'Shopify order (Admin REST shape, 2020 to 2026-07)', { systemName: 'Shopify', wires: dist('connectors/shopify/wire.js').OrderWire, folder: 'shopify', pick: (f) => /^order-|orders-create/.test(f) });
shop('shopify.transaction', 'Shopify transaction of an order', { systemName: 'Shopify', wires: dist('connectors/shopify/wire.js').Transaction });
shop('woocommerce.order', 'WooCommerce order (REST v3)', { systemName: 'WooCommerce', wires: dist('connectors/woocommerce/wire.js').OrderWire, folder: 'woocommerce', pick: (f) => f.startsWith('order-') });
shop('magento.order', 'Magento 2 order (REST V1)', { systemName: 'Magento', wires: dist('connectors/magento/wire.js').OrderWire, folder: 'magento', pick: (f) => f.startsWith('order-') });
shop('generic.order', 'Plain order of a system of unknown make', { systemName: 'The sender', wires: dist('connectors/generic/wire.js').PlainOrder });
