import { type Failure, type FailureCode } from '../../canonical/failure';

/** One numbered error inside an eConnect message. */
export type EconnectError = { number: number; node: string; description: string };

/** What a refusal means for a write; `look`: the document may stand there already, so read it before judging. */
export type Refusal = { failure: Failure; look: boolean };

/** The layout varies (`=` or not, \n\r or \r\n, quotes): only the words are relied on. */
const numbered = /Error Number\s*=?\s*"?(\d+)"?\s+Stored Procedure\s*=?\s*"?([\w.]+)"?\s+Error Description\s*=?\s*"?([^\r\n"]*)/gi;

/** All numbered errors of a message text, in order; empty when it holds none. */
export function parseEconnectErrors(message: string): EconnectError[] {
  return [...message.matchAll(numbered)].map(([, number = '', node = '', description = '']) => ({ number: Number(number), node, description: description.trim() }));
}

type Meaning = { code: FailureCode; says: string; fix: string; look?: true };

const missing = (code: 'master-missing' | 'setup-missing' | 'account-not-mapped' | 'item-not-mapped', what: string): Meaning =>
  ({ code, says: `${what} does not exist in GP.`, fix: 'Create it in GP or correct the pair\'s configuration, then retry.' });
const sums = (what: string): Meaning => ({ code: 'totals-do-not-add-up', says: `GP's own arithmetic differs: ${what}.`, fix: 'Correct the amounts at the source or the mapping, then retry.' });
const duplicate = (what: string): Meaning => ({ code: 'duplicate-conflict', says: `${what} is already used in GP.`, fix: 'Compare the document in GP with this one; void the wrong one or give this one another number.', look: true });
const rejected = (says: string): Meaning => ({ code: 'document-rejected', says, fix: 'Correct the document as GP describes, then retry.' });
const locked: Meaning = { code: 'document-locked', says: 'The document or its batch is in use by another user of GP.', fix: 'Wait until the user leaves it; it is tried again by itself.' };
const currency: Meaning = { code: 'currency-not-configured', says: 'The currency is not set up in GP.', fix: 'Set it up under Multicurrency in GP or correct the currency id of the pair, then retry.' };

/** GP: error numbers of the eConnect procedures we call, with what a bookkeeper needs to know. */
const byNumber: Record<number, Meaning> = {
  67: sums('the subtotal is not the sum of the lines'),
  190: duplicate('The receivables document number'),
  221: missing('master-missing', 'The customer'),
  235: sums('the document amount is not subtotal + freight + miscellaneous + taxes − trade discount'),
  305: duplicate("The vendor's document number"),
  309: missing('setup-missing', 'The tax schedule or tax detail'),
  313: sums('the tax rows do not add up to the tax amount'),
  447: missing('account-not-mapped', 'The account'),
  483: currency,
  621: sums('the document amount does not match its parts'),
  698: duplicate('A tax row'),
  712: sums('the tax amount is not the sum of the tax rows'),
  716: missing('account-not-mapped', 'The account'),
  722: sums('unit price × quantity is not the extended price of a line'),
  768: missing('account-not-mapped', 'The account'),
  944: sums('debits and credits differ'),
  2022: locked, 2079: locked,
  2221: duplicate('The sales document number'),
  2902: rejected('The item differs from the item on the existing line.'),
  4776: { code: 'out-of-stock', says: 'There is not enough of an item, and it allows no back orders.', fix: 'Retry when it is in stock again; or allow back orders for it in GP, or set the pair\'s policy shortage to "sell-anyway".' },
  7023: missing('setup-missing', 'The tax schedule'),
  7148: duplicate('A tax row'),
  9370: rejected('The currency of the header is not the currency of the lines.'),
  9539: rejected('The salesperson is inactive.'),
  11479: missing('setup-missing', 'A checkbook for the new batch'),
};

const absent = '.{0,80}(does not exist|not (found|set up|exist|valid)|not in|missing)';
/** For numbers we do not know (site procedures, other releases): what the description says. The first match decides. */
const byWords: readonly (readonly [RegExp, Meaning])[] = [
  [/by another user|\b(batch|document)\b.{0,60}\b(in use|(being|is) (posted|edited))/i, locked],
  [/fiscal period|\bperiod\b.{0,60}(closed|not open|not set up)|closed .{0,20}period/i, { code: 'period-closed', says: 'The fiscal period is closed in GP.', fix: 'Open the period in GP or choose another posting date, then retry.' }],
  [/credit limit/i, { code: 'credit-limit', says: "The customer's credit limit is exceeded.", fix: 'Raise the limit in GP or approve the order without the check, then retry.' }],
  [/\bon hold\b/i, { code: 'customer-on-hold', says: 'The customer is on hold in GP.', fix: 'Take the customer off hold in GP or approve the order without the check, then retry.' }],
  [/already (exists|used|in use)|duplicate/i, duplicate('The number')],
  [/not (yet )?(been )?posted|unposted|must be posted/i, { code: 'document-locked', says: 'The document is not posted yet in GP.', fix: 'Wait until its batch is posted; it is tried again by itself.' }],
  [/\b(item|account|customer|checkbook|site)\b.{0,60}\b(inactive|discontinued)\b|\binactive (item|account|customer|site)\b/i, { code: 'item-inactive', says: 'Something this document names is no longer active in GP.', fix: 'Make it active again in GP, or change the order or the pair so that it names another, then retry.' }],
  [new RegExp(`\\b(item|customer|vendor) class\\b${absent}`, 'i'), missing('setup-missing', 'A class')],
  [new RegExp(`\\baccount category\\b${absent}`, 'i'), missing('setup-missing', 'An account category')],
  [/account format/i, { code: 'value-unusable', says: 'The account number has not the segments of the company.', fix: 'Give it a number in the account format of GP, then retry.' }],
  [new RegExp(`\\bitem\\b${absent}|IV00101`, 'i'), missing('item-not-mapped', 'An item')],
  [new RegExp(`\\baccount\\b${absent}|GL00105`, 'i'), missing('account-not-mapped', 'An account')],
  [new RegExp(`\\bcurrency\\b${absent}|MC40200`, 'i'), currency],
  [new RegExp(`(schedule|tax detail|checkbook|salesperson|territory|shipping method|credit card|site|location|requester document|document type|document id|doc ?id|price level|exchange|terms id|\\bclass|category|address code|segment)${absent}`, 'i'), missing('setup-missing', 'Something this document names')],
  [/\bdocument (does not|doesn't) exist/i, { code: 'document-missing', says: 'GP holds no such document.', fix: 'Compare the number with GP, then retry.' }],
  [/(does not|doesn't) exist|not (found|exist)|no such|RM00101/i, missing('master-missing', 'Something this document names')],
];

const general: Meaning = rejected('GP refused the document.');

const meaningOf = (error: EconnectError): Meaning => byNumber[error.number] ?? byWords.find(([words]) => words.test(error.description))?.[1] ?? general;

function refusal(meaning: Meaning, parts: { said: string; causes: string[] }): Refusal {
  const { said, causes } = parts;
  const message = said === '' ? meaning.says : `${meaning.says} GP says: ${said}`;
  return { failure: { code: meaning.code, system: 'gp', message, fix: meaning.fix, causes }, look: meaning.look === true };
}

/** A connection string may stand in a message: its secrets do not leave. */
const secrets = /\b(password|pwd|user id|uid)\s*=\s*[^;\s]*/gi;
const tidy = (text: string): string => text.replace(secrets, '$1=…').replace(/\s+/g, ' ').trim().slice(0, 300);

/**
 * The text of an eConnectFault → failure. Of several errors the first that is final decides: a document with a real error was not written,
 * whatever else it says.
 */
export function econnectRefusal(message: string): Refusal {
  const errors = parseEconnectErrors(message);
  if (errors.length === 0) return refusal(byWords.find(([words]) => words.test(message))?.[1] ?? general, { said: tidy(message), causes: [] });
  const read = errors.map((error) => ({ error, meaning: meaningOf(error) }));
  const first = read.find(({ meaning }) => meaning.look !== true) ?? read[0];
  return refusal(first?.meaning ?? general, { said: tidy(first?.error.description ?? ''), causes: errors.map((e) => `${e.number} ${e.node}`) });
}

type SqlMeaning = Meaning & { outcome: 'refused' | 'unknown' };
const lost: SqlMeaning = { code: 'system-unavailable', says: 'GP lost its database connection.', fix: 'Check SQL Server; it is tried again by itself.', outcome: 'unknown' };
const busy: SqlMeaning = { code: 'document-locked', says: 'The database of GP was busy with another user.', fix: 'Nothing to do: it is tried again by itself.', outcome: 'refused' };

/** SQL Server numbers inside an eConnectSqlFault. A deadlock victim is rolled back; a lost connection leaves the outcome open. */
const bySqlNumber: Record<number, SqlMeaning> = {
  1205: busy, 1222: busy,
  [-2]: { ...lost, says: 'The database of GP did not answer in time.' },
  233: lost, 10053: lost, 10054: lost, 10060: lost, 40613: lost,
  2627: { ...duplicate('The key'), outcome: 'unknown' }, 2601: { ...duplicate('The key'), outcome: 'unknown' },
  18456: { code: 'unauthorized', says: 'SQL Server refuses the login of the eConnect service.', fix: 'Give the service account a login in role DYNGRP, then retry.', outcome: 'refused' },
  4060: { code: 'setup-missing', says: 'The company database cannot be opened.', fix: 'Correct the database in the connection string, then retry.', outcome: 'refused' },
};

/** An eConnectSqlFault (SQL Server's own errors) → failure. */
export function sqlRefusal(errors: readonly { number: number; message: string }[]): Refusal {
  const meaning = errors.map((error) => bySqlNumber[error.number]).find((known) => known !== undefined);
  const said = byWords.find(([words]) => words.test(errors[0]?.message ?? ''))?.[1];
  const out = refusal(meaning ?? said ?? rejected('The database of GP refused the call.'), { said: tidy(errors[0]?.message ?? ''), causes: errors.map((error) => `SQL ${error.number}`) });
  return { ...out, look: meaning?.outcome === 'unknown' };
}
