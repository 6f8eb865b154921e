import { done, type Outcome } from '../../canonical/failure';
import { compareMoney, money, moneyText, type Money } from '../../canonical/money';
import { sopReturn } from './document-kinds';
import { written } from './econnect-xml';
import { sales } from './reads';
import { type GpReceiptOfWrite, type GpReturnDraft } from './types';
import { createdAs, inCompany, type Hands } from './write-documents';
import { writeOnce, type Look } from './write-once';

const sameAmount = (text: string, amount: Money): boolean => {
  try { return compareMoney(money(text, amount.currency), amount) === 0; } catch { return false; }
};

async function lookForReturn(draft: GpReturnDraft, wanted: GpReceiptOfWrite, { reader }: Hands): Promise<Outcome<Look<GpReceiptOfWrite>>> {
  const rows = await sales(reader, 'SOPNUMBE', [draft.number]);
  if (!rows.ok) return rows;
  const row = rows.value.find((r) => r.SOPTYPE === sopReturn && r.SOPNUMBE === draft.number);
  if (!row) return done({ found: 'nothing' });
  if (row.VOIDSTTS === 1) return done({ found: 'other', what: 'a voided return, whose number is burned' });
  if (row.INTEGRATIONID !== draft.orderKey) return done({ found: 'other', what: `a return with the key "${row.INTEGRATIONID}"` });
  if (row.CURNCYID !== wanted.total.currency || !sameAmount(row.DOCAMNT, wanted.total)) return done({ found: 'other', what: `this return with the amount ${row.DOCAMNT} ${row.CURNCYID} instead of ${moneyText(wanted.total)} ${wanted.total.currency}` });
  return done({ found: 'ours', value: { ...wanted, existed: true } });
}

/** See GpClient.createReturn. Its kind of receivable (RMDTYPAL 8) is applied to the invoice once both are posted. */
export async function createReturn(draft: GpReturnDraft, hands: Hands): Promise<Outcome<GpReceiptOfWrite>> {
  const wanted: GpReceiptOfWrite = { number: draft.number, total: draft.total, existed: false };
  return writeOnce<GpReceiptOfWrite>({
    operation: 'CreateTransactionEntity', xml: written('SOPTransactionType', inCompany(draft.nodes, hands.settings)), document: draft.number, guard: 'number',
    settle: (result) => (createdAs(result, { node: 'taSopHdrIvcInsert', numberField: 'SOPNUMBE', number: draft.number }) ? wanted : undefined),
    look: () => lookForReturn(draft, wanted, hands),
  }, hands.transport);
}
