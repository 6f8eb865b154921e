import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { BasicAuthSecurity, createClientAsync, NTLMSecurity, type Client } from 'soap';
import { runDocument } from './econnect';
import { GpError, GpSqlError, ownNumbers } from './errors';
import { type Company, openCompany } from './model';
import { openDesk, tick, type Desk } from './posting';
import { parseWhere, runQuery } from './reads';
import { startGp } from './server';
import { isBalanced, total } from '../kit/decimal';
import { seedAccounts } from './seeds';

type Fields = Record<string, string | number>;
const node = (name: string, fields: Fields): string => `<${name}>${Object.entries(fields).map(([k, v]) => `<${k}>${v}</${k}>`).join('')}</${name}>`;
const line = (over: Fields = {}): Fields => ({ SOPTYPE: 2, SOPNUMBE: 'WO1', CUSTNMBR: 'C1', DOCDATE: '2026-11-01', ITEMNMBR: 'MUG-WHITE', UNITPRCE: '10.00', XTNDPRCE: '20.00', QUANTITY: 2, TAXAMNT: '0', LNITMSEQ: 16384, CURNCYID: 'USD', ...over });
const header = (over: Fields = {}): Fields => ({ SOPTYPE: 2, DOCID: 'WEBORD', SOPNUMBE: 'WO1', TAXAMNT: '0', DOCDATE: '2026-11-01', CUSTNMBR: 'C1', SUBTOTAL: '20.00', DOCAMNT: '20.00', BACHNUMB: 'B1', CURNCYID: 'USD', INTEGRATIONID: 'K1', ...over });
const customer = (over: Fields = {}): string => node('taUpdateCreateCustomerRcd', { CUSTNMBR: 'C1', CUSTNAME: 'Ann', ...over });
const sale = (h: Fields = {}, lines: Fields[] = [{}], more = { customer: customer(), taxes: '' }): string =>
  `<eConnect><SOPTransactionType>${more.customer}<taSopLineIvcInsert_Items>${lines.map((l) => node('taSopLineIvcInsert', line(l))).join('')}</taSopLineIvcInsert_Items>${more.taxes}${node('taSopHdrIvcInsert', header(h))}</SOPTransactionType></eConnect>`;
const receipt = (over: Fields = {}): string => `<eConnect><RMCashReceiptsType>${customer()}${node('taRMCashReceiptInsert', { CUSTNMBR: 'C1', DOCNUMBR: 'R1', DOCDATE: '2026-11-01', ORTRXAMT: '20.00', GLPOSTDT: '2026-11-01', BACHNUMB: 'B1', CSHRCTYP: 1, CHEKBKID: 'STRIPE', CURNCYID: 'USD', ...over })}</RMCashReceiptsType></eConnect>`;
const apply = (over: Fields = {}): string => `<eConnect><RMApplyType>${node('taRMApply', { APTODCNM: 'STDINV0001001', APFRDCNM: 'R1', APPTOAMT: '20.00', APFRDCTY: 9, APTODCTY: 1, APPLYDATE: '2026-11-01', ...over })}</RMApplyType></eConnect>`;
const taxRow = (over: Fields = {}): string => `<taSopLineIvcTaxInsert_Items>${node('taSopLineIvcTaxInsert', { SOPTYPE: 2, TAXTYPE: 0, SOPNUMBE: 'WO1', CUSTNMBR: 'C1', LNITMSEQ: 16384, SALESAMT: '20.00', TAXDTLID: 'WEB-TAX', STAXAMNT: '2.00', ...over })}</taSopLineIvcTaxInsert_Items>`;

const distributions = (credit = '20.00', account: string = seedAccounts.sales): string => `<taSopDistribution_Items>${[{ DISTTYPE: 2, ACTNUMST: seedAccounts.receivables, DEBITAMT: '20.00', CRDTAMNT: '0' }, { DISTTYPE: 1, ACTNUMST: account, DEBITAMT: '0', CRDTAMNT: credit }].map((d) => node('taSopDistribution', { SOPTYPE: 2, SOPNUMBE: 'WO1', CUSTNMBR: 'C1', ...d })).join('')}</taSopDistribution_Items>`;

describe('the GP company', () => {
  let dir: string;
  let c: Company;
  let desk: Desk;
  beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'tieout-gp-')); c = openCompany(join(dir, 'gp.jsonl')); desk = openDesk(c); });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const run = (xml: string): void => runDocument(c, desk, xml);
  const refusal = (xml: string): number => { try { run(xml); return 0; } catch (error) { if (error instanceof GpError || error instanceof GpSqlError) return error.number; throw error; } };

  it.each([
    ['a subtotal that is not the lines', sale({ SUBTOTAL: '21.00', DOCAMNT: '21.00' }), 67], ['a total that is not its parts', sale({ DOCAMNT: '20.01' }), 235], ['an extended price that is not unit × quantity', sale({ SUBTOTAL: '20.01', DOCAMNT: '20.01' }, [{ XTNDPRCE: '20.01' }]), 722],
    ['header and lines of two types', sale({}, [{ SOPTYPE: 3 }]), 67], ['header and lines of two currencies', sale({}, [{ CURNCYID: 'EUR' }]), 9370], ['an unknown currency', sale({ CURNCYID: 'XXX' }, [{ CURNCYID: 'XXX' }]), 483], ['a foreign order without a rate', sale({ CURNCYID: 'EUR' }, [{ CURNCYID: 'EUR' }]), ownNumbers.rate],
    ['an unknown item', sale({}, [{ ITEMNMBR: 'NOPE' }]), ownNumbers.unknownItem], ['an unknown customer', sale({}, [{}], { customer: '', taxes: '' }), ownNumbers.unknownCustomer], ['tax rows that are not the tax', sale({ TAXAMNT: '2.01', DOCAMNT: '22.01' }, [{ TAXAMNT: '2.01' }], { customer: customer(), taxes: taxRow() }), ownNumbers.taxSum],
    ['an unknown tax detail', sale({ TAXAMNT: '2.00', DOCAMNT: '22.00' }, [{ TAXAMNT: '2.00' }], { customer: customer(), taxes: taxRow({ TAXDTLID: 'NOPE' }) }), 309], ['an unknown tax schedule', sale({ TAXSCHID: 'NOPE' }), 7023], ['an unknown document id', sale({ DOCID: 'NOPE' }), ownNumbers.unknownDocId],
    ['an unknown posting account', sale({}, [{ SLSINDX: '999' }]), ownNumbers.unknownAccount], ['text past its length', sale({ CSTPONBR: 'x'.repeat(21) }), ownNumbers.tooLong], ['a character outside the code page', sale({}, [{}], { customer: customer({ CUSTNAME: 'Ł 你' }), taxes: '' }), 8114],
    ['a missing batch', sale({ BACHNUMB: '' }), ownNumbers.required], ['a customer on hold, when asked', sale({ CKHOLD: 1 }, [{}], { customer: customer({ HOLD: 1 }), taxes: '' }), ownNumbers.onHold], ['an invoice in a closed period', sale({ SOPTYPE: 3, DOCID: 'WEBINV', DOCDATE: '2024-05-01' }, [{ SOPTYPE: 3 }]), ownNumbers.closedPeriod],
    ['a receipt on an unknown checkbook', receipt({ CHEKBKID: 'NOPE' }), ownNumbers.unknownCheckbook], ['a receipt in a closed period', receipt({ GLPOSTDT: '2020-01-01' }), ownNumbers.closedPeriod], ['a receipt of nothing', receipt({ ORTRXAMT: '0' }), ownNumbers.badValue],
    ['a salesperson who is set up nowhere', sale({ SLPRSNID: 'NOBODY' }), ownNumbers.unknownSalesperson], ['an inactive salesperson', sale({ SLPRSNID: 'ERIN J.' }), 9539], ['an unknown territory', sale({ SALSTERR: 'MOON' }), ownNumbers.unknownTerritory], ['an unknown salesperson on a line', sale({}, [{ SLPRSNID: 'NOBODY' }]), ownNumbers.unknownSalesperson],
    ['an unknown salesperson of a customer', sale({}, [{}], { customer: customer({ SLPRSNID: 'NOBODY' }), taxes: '' }), ownNumbers.unknownSalesperson], ['an unknown shipping method', sale({ SHIPMTHD: 'PIGEON' }), ownNumbers.unknownShippingMethod], ['unknown payment terms', sale({ PYMTRMID: 'NEVER' }), ownNumbers.unknownTerms], ['a salesperson past its length', sale({ SLPRSNID: 'x'.repeat(16) }), ownNumbers.tooLong],
    ['user-defined fields of another document', sale({}, [{}], { customer: customer(), taxes: node('taSopUserDefined', { SOPTYPE: 2, SOPNUMBE: 'WO9', USERDEF1: 'x' }) }), ownNumbers.badValue], ['a user-defined field past its length', sale({}, [{}], { customer: customer(), taxes: node('taSopUserDefined', { SOPTYPE: 2, SOPNUMBE: 'WO1', USERDEF1: 'x'.repeat(21) }) }), ownNumbers.tooLong],
    ['own distributions that are not balanced', sale({ CREATEDIST: 0 }, [{}], { customer: customer(), taxes: distributions('19.99') }), ownNumbers.unbalanced], ['distributions beside those that GP makes', sale({}, [{}], { customer: customer(), taxes: distributions() }), ownNumbers.badValue], ['a distribution on an unknown account', sale({ CREATEDIST: 0 }, [{}], { customer: customer(), taxes: distributions('20.00', '999') }), ownNumbers.unknownAccount],
    ['a card receipt without a card', receipt({ CSHRCTYP: 2 }), ownNumbers.required], ['a card that is set up nowhere', receipt({ CSHRCTYP: 2, CRCARDID: 'DINERS' }), ownNumbers.unknownCard], ['a kind of receipt that there is not', receipt({ CSHRCTYP: 3 }), ownNumbers.badValue],
    ['applying what nobody posted', apply(), ownNumbers.unknownDocument], ['a document type declaration', `<!DOCTYPE x>${sale()}`, 6602], ['an unknown transaction type', '<eConnect><Nope><a>1</a></Nope></eConnect>', ownNumbers.badValue], ['broken XML', '<eConnect><', 6602],
  ] as [string, string, number][])('refuses %s', (_what, xml, number) => {
    expect(refusal(xml)).toBe(number);
    expect(c.sop.size() + c.receipts.size() + c.customers.size()).toBe(0);
  });

  it('burns a number for ever and voids only what nobody transferred', () => {
    run(sale());
    expect(refusal(sale())).toBe(2221);
    run('<eConnect><SOPVoidDocumentType><taSopVoidDocument><SOPTYPE>2</SOPTYPE><SOPNUMBE>WO1</SOPNUMBE></taSopVoidDocument></SOPVoidDocumentType></eConnect>');
    expect(refusal(sale())).toBe(2221);
    run(sale({ SOPNUMBE: 'WO2' }, [{ SOPNUMBE: 'WO2' }]));
    tick(c, desk, true);
    expect(refusal('<eConnect><SOPVoidDocumentType><taSopVoidDocument><SOPTYPE>2</SOPTYPE><SOPNUMBE>WO2</SOPNUMBE></taSopVoidDocument></SOPVoidDocumentType></eConnect>')).toBe(ownNumbers.voidRefused);
  });

  it('applies posted to posted and never more than is left', () => {
    run(sale());
    run(receipt());
    expect(refusal(receipt())).toBe(ownNumbers.duplicateReceipt);
    expect(refusal(apply())).toBe(ownNumbers.unpostedApply);
    tick(c, desk, true);
    expect(refusal(apply({ APPTOAMT: '20.01' }))).toBe(ownNumbers.overApply);
    run(apply());
    expect(c.receivables.get('STDINV0001001')?.open).toBe('0');
    expect(refusal('<eConnect><RMVoidTransactionType><taRMVoidTransaction><CUSTNMBR>C1</CUSTNMBR><DOCNUMBR>R1</DOCNUMBR><VOIDSTTS>1</VOIDSTTS><RMDTYPAL>9</RMDTYPAL><VOIDDATE>2026-11-02</VOIDDATE><GLPOSTDT>2026-11-02</GLPOSTDT></taRMVoidTransaction></RMVoidTransactionType></eConnect>')).toBe(ownNumbers.voidRefused);
  });

  it('keeps its books balanced and the subledger equal to the control account, whatever is sold and shipped in parts', () => {
    let n = 0;
    fc.assert(fc.property(fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 7 }), price: fc.integer({ min: 1, max: 99_999 }), freight: fc.integer({ min: 0, max: 2_000 }), parts: fc.boolean(), eur: fc.boolean(), pay: fc.boolean() }), { minLength: 1, maxLength: 6 }), (sales) => {
      for (const s of sales) {
        n += 1;
        const cents = (v: number): string => (v / 100).toFixed(2);
        const currency: Fields = s.eur ? { CURNCYID: 'EUR' } : { CURNCYID: 'USD' };
        const rate: Fields = s.eur ? { XCHGRATE: '0.92', RTCLCMTD: 1 } : {};
        const amount = s.quantity * s.price;
        run(sale({ SOPNUMBE: `O${n}`, CUSTNMBR: `C${n}`, FREIGHT: cents(s.freight), SUBTOTAL: cents(amount), DOCAMNT: cents(amount + s.freight), ...currency, ...rate }, [{ SOPNUMBE: `O${n}`, CUSTNMBR: `C${n}`, QUANTITY: s.quantity, UNITPRCE: cents(s.price), XTNDPRCE: cents(amount), ...currency }], { customer: customer({ CUSTNMBR: `C${n}`, CUSTNAME: s.parts ? 'x ship-in-two' : 'x' }), taxes: '' }));
        if (s.pay) run(receipt({ DOCNUMBR: `R${n}`, CUSTNMBR: 'C1', ORTRXAMT: cents(amount), ...currency, ...rate }));
      }
      for (let i = 0; i < 3; i += 1) tick(c, desk, true);
      const orders = c.sop.values().filter((d) => d.type === 2);
      for (const o of orders) expect(total(c.sop.values().filter((d) => d.type === 3 && d.origin === o.number).map((d) => d.total)).toFixed(2)).toBe(Number(o.total).toFixed(2));
      const lines = c.journals.values().flatMap((j) => j.lines);
      expect(c.journals.values().every((j) => isBalanced(j.lines))).toBe(true);
      const control = total(lines.filter((l) => l.account === seedAccounts.receivables).flatMap((l) => [l.debit, `-${l.credit}`]));
      const sub = total([...c.receivables.values().map((r) => r.open), ...c.receipts.values().filter((r) => r.posted).map((r) => `-${r.open}`)]);
      expect(control.toFixed(2)).toBe(sub.toFixed(2));
    }), { numRuns: 15 });
  });

  it('keeps salesperson, territory and user-defined fields of an order, on its invoice too, and card and number of a receipt; what a document leaves out is the customer card\'s', () => {
    const rowOf = (documentType: string, where: string): string => runQuery(c, { documentType, where, rows: 0, indexes: {} });
    const value = (xml: string, name: string): string[] => [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((m) => (m[1] ?? '').trimEnd());
    run(sale({ SLPRSNID: 'PAUL W.', SHIPMTHD: 'GROUND', ORDRDATE: '2026-10-30' }, [{}, { LNITMSEQ: 32768, SLPRSNID: 'GREG E.', SALSTERR: 'TERRITORY 3', XTNDPRCE: '0', UNITPRCE: '0' }], { customer: customer(), taxes: node('taSopUserDefined', { SOPTYPE: 2, SOPNUMBE: 'WO1', USERDEF1: 'spring', USRDAT01: '2026-12-24' }) }));
    tick(c, desk, true);
    for (const xml of [rowOf('Sales_Transaction', "SOPNUMBE = 'WO1'"), rowOf('Sales_Transaction', "ORIGNUMB = 'WO1'")]) {
      // Header, then its lines: the first line takes both from the header.
      expect([value(xml, 'SLPRSNID'), value(xml, 'SALSTERR')]).toEqual([['PAUL W.', 'PAUL W.', 'GREG E.'], ['TERRITORY 1', 'TERRITORY 1', 'TERRITORY 3']]);
      expect([value(xml, 'SHIPMTHD')[0], value(xml, 'ORDRDATE'), value(xml, 'USERDEF1'), value(xml, 'USRDAT01'), value(xml, 'USRDAT02')]).toEqual(['GROUND', ['2026-10-30T00:00:00'], ['spring'], ['2026-12-24T00:00:00'], ['1900-01-01T00:00:00']]);
    }
    run(sale({ SOPNUMBE: 'WO2' }, [{ SOPNUMBE: 'WO2' }], { customer: customer({ SLPRSNID: 'SANDRA M.', SALSTERR: 'TERRITORY 3' }), taxes: '' }));
    expect([value(rowOf('Sales_Transaction', "SOPNUMBE = 'WO2'"), 'SLPRSNID')[0], value(rowOf('Sales_Transaction', "SOPNUMBE = 'WO2'"), 'SALSTERR')[0]]).toEqual(['SANDRA M.', 'TERRITORY 3']);
    run(receipt({ CSHRCTYP: 2, CRCARDID: 'SHOPPAY VISA', CHEKNMBR: '************4242' }));
    const paid = rowOf('Cash_Receipt', "DOCNUMBR = 'R1'");
    // A card's receipts go to the checkbook of its set-up, whatever the document says.
    expect(['CSHRCTYP', 'CRCARDID', 'CHEKNMBR', 'CHEKBKID'].map((name) => value(paid, name)[0])).toEqual(['2', 'SHOPPAY VISA', '************4242', 'SHOPPAY']);
  });

  it('remembers everything after a restart', () => {
    run(sale());
    run(receipt());
    tick(c, desk, true);
    const again = openCompany(join(dir, 'gp.jsonl'));
    expect([again.sop.size(), again.receipts.get('R1')?.posted, again.journals.size()]).toEqual([2, true, 2]);
  });

  it('reads by its small WHERE and lets nothing be smuggled in', () => {
    expect(parseWhere("SOPNUMBE IN ('a','b') AND DEX_ROW_TS >= '2026-01-01'")).toEqual([{ column: 'SOPNUMBE', op: 'IN', values: ['a', 'b'] }, { column: 'DEX_ROW_TS', op: '>=', values: ['2026-01-01'] }]);
    for (const evil of ["1=1", "SOPNUMBE = 'a' OR 1=1", "SOPNUMBE = 'a'; drop table x", "SOPNUMBE IN (select 1)"]) expect(() => parseWhere(evil)).toThrow(GpSqlError);
  });
});

describe('eConnect over SOAP', () => {
  it.each(['basic', 'ntlm'] as const)('answers the npm soap client with %s, and 401 to a stranger', async (kind) => {
    const dir = mkdtempSync(join(tmpdir(), 'tieout-gps-'));
    const gp = await startGp({ port: 0, dataDir: dir, auth: { kind, user: 'tieout', password: 'secret' } });
    const url = `${gp.url}/Microsoft/Dynamics/GP/eConnect/EntityOperations`;
    const connect = async (user: string): Promise<Client> => {
      const client = await createClientAsync(`${url}?wsdl`, { disableCache: true }, url);
      client.setSecurity(kind === 'basic' ? new BasicAuthSecurity(user, 'secret') : new NTLMSecurity({ username: user, password: 'secret', domain: 'TWO', workstation: 'W' }));
      return client;
    };
    const call = async (user: string, xml: string): Promise<unknown> => {
      const client = await connect(user);
      const [result] = await (client['CreateTransactionEntityAsync'] as (a: object) => Promise<[unknown]>)({ connectionString: 'x', xml });
    return result;
    };
    await expect(call('stranger', sale())).rejects.toBeDefined();
    await expect(call('tieout', sale())).resolves.toMatchObject({ CreateTransactionEntityResult: expect.stringContaining('WO1') as unknown });
    await expect(call('tieout', sale())).rejects.toMatchObject({ root: { Envelope: { Body: { Fault: { detail: { eConnectFault: { Message: expect.stringContaining('Error Number = 2221') as unknown } } } } } } });
    await gp.close();
    rmSync(dir, { recursive: true, force: true });
  });
});
