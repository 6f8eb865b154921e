import { done, failed, type Outcome } from '../../canonical/failure';
import { compareMoney, money, moneyText, type Money } from '../../canonical/money';
import { sales } from './reads';
import { returnToEconnect, sopReturn } from './return-to-econnect';
import { type GpReceiptOfWrite, type GpReturn } from './types';
import { createdAs, currencyIdOf, type Hands } from './write-documents';
import { writeOnce, type Look } from './write-once';

const sameAmount = (text: string, amount: Money): boolean => {
  try { return compareMoney(money(text, amount.currency), amount) === 0; } catch { return false; }
};

async function lookForReturn(ret: GpReturn, wanted: GpReceiptOfWrite, { reader }: Hands): Promise<Outcome<Look<GpReceiptOfWrite>>> {
  const rows = await sales(reader, 'SOPNUMBE', [ret.number]);
  if (!rows.ok) return rows;
  const row = rows.value.find((r) => r.SOPTYPE === sopReturn && r.SOPNUMBE === ret.number);
  if (!row) return done({ found: 'nothing' });
  if (row.VOIDSTTS === 1) return done({ found: 'other', what: 'a voided return, whose number is burned' });
  if (row.INTEGRATIONID !== ret.orderKey) return done({ found: 'other', what: `a return with the key "${row.INTEGRATIONID}"` });
  if (row.CURNCYID !== wanted.total.currency || !sameAmount(row.DOCAMNT, wanted.total)) return done({ found: 'other', what: `this return with the amount ${row.DOCAMNT} ${row.CURNCYID} instead of ${moneyText(wanted.total)} ${wanted.total.currency}` });
  return done({ found: 'ours', value: { ...wanted, existed: true } });
}

/** See GpClient.createReturn. Its kind of receivable (RMDTYPAL 8) is applied to the invoice once both are posted. */
export async function createReturn(ret: GpReturn, hands: Hands): Promise<Outcome<GpReceiptOfWrite>> {
  if (BigInt(ret.invoice.total.minor) < 0n) return failed({ code: 'cannot-undo', system: 'gp', document: ret.invoice.number, message: `The invoice ${ret.invoice.number} is negative and has no return.`, fix: 'Correct it in GP by hand.' });
  const document = returnToEconnect(ret, { currencyId: currencyIdOf(ret.invoice.currency, hands.settings) });
  if (!document.ok) return document;
  const written: GpReceiptOfWrite = { number: ret.number, total: ret.invoice.total, existed: false, warnings: document.value.warnings };
  return writeOnce<GpReceiptOfWrite>({
    operation: 'CreateTransactionEntity', xml: document.value.xml, document: ret.number, guard: 'number',
    settle: (result) => (createdAs(result, { node: 'taSopHdrIvcInsert', numberField: 'SOPNUMBE', number: ret.number }) ? written : undefined),
    look: () => lookForReturn(ret, written, hands),
  }, hands.transport);
}
