import { Decimal } from 'decimal.js';
import { type Schema } from '../catalogue/schema';
import { type MappingDocument } from '../document/document';
import { isValueRule, type ValueRule } from '../document/rules';
import { parseExpression } from '../expressions/parse';
import { type Table } from '../engine/state';
import { type Tell, wordsOf } from './finding';
import { RuleChecker, type Writer } from './check-rules';

type At = { document: MappingDocument; target: Schema; writers: readonly Writer[]; tell: Tell; /** Charts of accounts, where they are at hand: xero.accounts, gp.accounts. */ tables: Record<string, Table> };
const constants = (w: Writer, document: MappingDocument): string[] => (isValueRule(w.rule) ? RuleChecker.values(w.rule, document.lookups).map(String) : []);
const writersOf = (at: At, path: string): Writer[] => at.writers.filter((w) => w.path === path);
const says = (at: At, path: string, value: string): Writer | undefined => writersOf(at, path).find((w) => constants(w, at.document).some((c) => c.toLowerCase() === value.toLowerCase()));

/** Every amount that the target's arithmetic names is filled as soon as one of its side is. */
function lineSums(at: At): void {
  for (const identity of at.target.identities) {
    const sides = [identity.left, identity.right].map((text) => parseExpression(text).paths.map((names) => names.join('.')));
    const filled = (path: string): boolean => at.writers.some((w) => w.path.replaceAll('[]', '') === path || path.startsWith(`${w.path.replaceAll('[]', '')}.`) && isValueRule(w.rule));
    const [left = [], right = []] = sides;
    const someLeft = left.some(filled);
    if (someLeft && right.length > 0 && !right.every(filled)) at.tell({ level: 'error', code: 'line-sums', field: identity.field, message: `${identity.says}: amounts are filled, and nothing fills ${right.filter((p) => !filled(p)).join(', ')}.`, fix: 'Fill it from the same amounts, or from what the source states.' });
    if (!someLeft && right.some(filled) && left.length > 0) at.tell({ level: 'error', code: 'line-sums', field: identity.field, message: `${identity.says}: ${right.filter(filled).join(', ')} is filled, and nothing fills ${left.join(', ')}.`, fix: 'Fill the amounts that make it.' });
  }
}

function taxModes(at: At): void {
  const { target, tell, document } = at;
  const mixed = (w: Writer, message: string, fix: string): void => tell({ level: 'error', code: 'tax-mode-mixed', field: w.path, message, fix }, wordsOf(w.rule, w.place.number));
  if (target.id === 'xero.invoice' || target.id === 'xero.credit-note' || target.id === 'xero.bank-transaction') {
    const modes = writersOf(at, 'LineAmountTypes');
    const inclusive = modes.find((w) => constants(w, document).includes('Inclusive'));
    const none = modes.find((w) => constants(w, document).includes('NoTax'));
    const [taxed] = writersOf(at, 'LineItems[].TaxAmount');
    if (none && taxed) mixed(taxed, 'The document is without tax (LineAmountTypes NoTax), and a rule fills the tax of its lines.', 'Take the tax out, or set LineAmountTypes to Exclusive.');
    if (inclusive && document.source.startsWith('canonical.')) mixed(inclusive, 'Amounts of canonical documents are without tax, and the document says Inclusive.', 'Set LineAmountTypes to Exclusive.');
    const [amounts] = at.writers.filter((w) => ['LineItems[].UnitAmount', 'LineItems[].LineAmount'].includes(w.path));
    if (modes.length === 0 && amounts) tell({ level: 'warning', code: 'tax-mode-mixed', field: 'LineAmountTypes', message: `Nothing says whether the amounts contain tax; Xero takes ${target.id === 'xero.bank-transaction' ? 'Inclusive' : 'Exclusive'}.`, fix: 'Fill LineAmountTypes.' });
    const groups = new Map<string, boolean>();
    for (const w of at.writers) if (/^LineItems\[\]\.[^.[]+$/.test(w.path)) { const g = w.place.number.replace(/\.\d+$/, ''); groups.set(g, (groups.get(g) ?? false) || w.path === 'LineItems[].TaxType'); }
    if (groups.size > 1 && new Set(groups.values()).size > 1) tell({ level: 'warning', code: 'tax-mode-mixed', field: 'LineItems[].TaxType', message: `Rules ${[...groups].filter(([, has]) => !has).map(([g]) => g).join(', ')} write lines without a tax type, others with one.`, fix: 'Give every line a tax type: else the account\'s default decides.' });
  }
  if (target.id === 'gp.sales-transaction') {
    const rows = at.writers.find((w) => w.path === 'taSopLineIvcTaxInsert_Items');
    const lineTax = writersOf(at, 'taSopLineIvcInsert_Items[].TAXAMNT')[0];
    const created = says(at, 'taSopHdrIvcInsert.CREATETAXES', '1');
    const header = says(at, 'taSopHdrIvcInsert.USINGHEADERLEVELTAXES', '1');
    if (created && rows) mixed(created, 'GP is told to make the taxes (CREATETAXES 1), and tax rows are sent too.', 'Set CREATETAXES to 0, or take the tax rows out.');
    if (header && lineTax) mixed(header, 'Taxes are at the document (USINGHEADERLEVELTAXES 1), and lines carry tax of their own.', 'Use one of both.');
    if (!rows && lineTax && !created) mixed(lineTax, 'Lines carry tax, and no tax rows say on which tax detail.', 'Write taSopLineIvcTaxInsert_Items, or let GP make the taxes (CREATETAXES 1).');
  }
}

const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
/** Account field of a target → classes that a bookkeeper expects there. */
const expected: Record<string, { path: string; classes: readonly string[]; says: string }[]> = {
  'xero.invoice': [{ path: 'LineItems[].AccountCode', classes: ['REVENUE', 'LIABILITY'], says: 'a line of a sales invoice' }],
  'xero.credit-note': [{ path: 'LineItems[].AccountCode', classes: ['REVENUE', 'LIABILITY'], says: 'a line of a sales credit note' }],
  'gp.sales-transaction': [{ path: 'taSopLineIvcInsert_Items[].SLSINDX', classes: ['REVENUE', 'LIABILITY'], says: 'the sales account of a line' }, { path: 'taSopLineIvcInsert_Items[].RTNSINDX', classes: ['REVENUE', 'LIABILITY'], says: 'the returns account of a line' }, { path: 'taSopLineIvcInsert_Items[].INVINDX', classes: ['ASSET'], says: 'the inventory account of a line' }, { path: 'taSopLineIvcInsert_Items[].CSLSINDX', classes: ['EXPENSE'], says: 'the cost-of-sales account of a line' }],
};
/** Xero's defaults by code range are no rule; classes come from the chart, else from the rows of the document's own lookups (`class`). */
function classes(at: At): Map<string, string> {
  const found = new Map<string, string>();
  for (const table of ['xero.accounts', 'gp.accounts']) for (const row of at.tables[table]?.rows ?? []) found.set(word(row['code'] ?? row['Code'] ?? row['account'] ?? row['ACTNUMST']), word(row['class'] ?? row['Class']).toUpperCase());
  for (const lookup of Object.values(at.document.lookups)) if (lookup.kind === 'static') for (const { value } of lookup.rows) if (typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value['class'] === 'string') for (const v of Object.values(value)) if (v !== value['class'] && typeof v === 'string') found.set(v, value['class'].toUpperCase());
  return found;
}

function accountClasses(at: At): void {
  const known = classes(at);
  for (const { path, classes: wanted, says: place } of expected[at.target.id] ?? []) {
    if (path === 'LineItems[].AccountCode' && says(at, 'Type', 'ACCPAY')) continue;
    for (const w of writersOf(at, path)) for (const account of constants(w, at.document)) {
      const kind = known.get(account);
      if (kind !== undefined && kind !== '' && !wanted.includes(kind)) at.tell({ level: 'error', code: 'account-class', field: path, value: account, message: `Account ${account} is of class ${kind}; ${place} belongs on ${wanted.join(' or ')}.`, fix: 'Name another account, or correct the chart of accounts.' }, wordsOf(w.rule, w.place.number));
    }
  }
}

const amountOf = (rule: ValueRule): string => (rule.kind === 'constant' ? `=${String(rule.value)}` : rule.kind === 'direct' ? [rule.from].flat().join('|') : rule.kind === 'expression' ? rule.expression : JSON.stringify(rule));
const isNought = (text: string): boolean => /^=-?0(\.0+)?$/.test(text);

/** A check of the document itself holds both sides against each other. */
const proven = (at: At, sides: readonly string[]): boolean => at.document.rules.some((r) => r.kind === 'check' && r.equal !== undefined && sides.every((side) => r.equal?.some((e) => e.includes(side))));

/** Debits and credits of a journal, rule by rule: each amount has to stand on both sides. */
function journals(at: At): void {
  const pairs: [list: string, debit: string, credit: string][] = [['taGLTransactionLineInsert_Items', 'DEBITAMT', 'CRDTAMNT'], ['taSopDistribution_Items', 'DEBITAMT', 'CRDTAMNT'], ['taRMDistribution_Items', 'DEBITAMT', 'CRDTAMNT'], ['taPMDistribution_Items', 'DEBITAMT', 'CRDTAMNT']];
  const unbalanced = (level: 'error' | 'warning', field: string, message: string): void => at.tell({ level, code: 'journal-unbalanced', field, message, fix: 'Write the same amounts on both sides.' });
  for (const [list, debit, credit] of pairs) {
    const of = (name: string): string[] => writersOf(at, `${list}[].${name}`).filter((w) => isValueRule(w.rule)).map((w) => `${w.place.context ?? ''}:${amountOf(w.rule as ValueRule)}`).filter((t) => !isNought(t.slice(t.indexOf(':') + 1))).sort();
    if (!at.writers.some((w) => w.path.startsWith(list))) continue;
    const [debits, credits] = [of(debit), of(credit)];
    if (debits.length === 0 || credits.length === 0) unbalanced('error', list, `The journal has ${debits.length === 0 ? 'no debits' : 'no credits'}.`);
    else if (debits.every((d) => d.includes(':=')) && credits.every((c) => c.includes(':='))) {
      const total = (texts: string[]): Decimal => texts.reduce((sum, t) => sum.plus(/=(-?\d+(\.\d+)?)$/.exec(t)?.[1] ?? '0'), new Decimal(0));
      if (!total(debits).eq(total(credits))) unbalanced('error', list, `The debits are ${total(debits).toFixed()}, the credits ${total(credits).toFixed()}.`);
    } else if (debits.join() !== credits.join() && !proven(at, [`${list}.${debit}`, `${list}.${credit}`])) unbalanced('warning', list, 'It cannot be seen that debits and credits are equal; every run proves it.');
  }
  const lines = writersOf(at, 'JournalLines[].LineAmount').filter((w) => isValueRule(w.rule));
  if (lines.length === 0) return;
  const numbers = lines.map((w) => ((w.rule as ValueRule).kind === 'constant' ? constants(w, at.document)[0] : undefined));
  if (numbers.every((n): n is string => n !== undefined)) { const sum = numbers.reduce((a, n) => a.plus(n), new Decimal(0)); if (!sum.isZero()) unbalanced('error', 'JournalLines', `The lines add up to ${sum.toFixed()}, not to zero.`); }
  else if (lines.length === 1 && lines[0]?.place.context === '') unbalanced('error', 'JournalLines', 'The journal has one line, and nothing stands against it.');
}

/** What a bookkeeper would see in the document without any data. */
export function financeLint(at: At): void {
  lineSums(at);
  taxModes(at);
  accountClasses(at);
  journals(at);
}
