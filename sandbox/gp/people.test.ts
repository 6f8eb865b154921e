import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDocument } from './econnect';
import { type Company, openCompany } from './model';
import { combineCustomers, deleteCustomer, renameCustomer } from './people';
import { openDesk } from './posting';
import { runQuery } from './reads';

const party = (number: string, name: string): string => `<taUpdateCreateCustomerRcd><CUSTNMBR>${number}</CUSTNMBR><CUSTNAME>${name}</CUSTNAME><ADRSCODE>PRIMARY</ADRSCODE><CITY>Oslo</CITY></taUpdateCreateCustomerRcd>`;
const receipt = (number: string, customer: string): string => `<eConnect><RMCashReceiptsType><taRMCashReceiptInsert><CUSTNMBR>${customer}</CUSTNMBR><DOCNUMBR>${number}</DOCNUMBR><DOCDATE>2026-11-01</DOCDATE><ORTRXAMT>20.00</ORTRXAMT><GLPOSTDT>2026-11-01</GLPOSTDT><BACHNUMB>B1</BACHNUMB><CSHRCTYP>1</CSHRCTYP><CHEKBKID>STRIPE</CHEKBKID><CURNCYID>USD</CURNCYID></taRMCashReceiptInsert></RMCashReceiptsType></eConnect>`;

describe('what people do with customers in GP', () => {
  let dir: string;
  let c: Company;
  let clock = Date.UTC(2026, 10, 1);
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'tieout-people-'));
    c = openCompany(join(dir, 'gp.jsonl'));
    c.now = () => new Date((clock += 1_000));
    const desk = openDesk(c);
    for (const number of ['C1', 'C2', 'C3']) runDocument(c, desk, `<eConnect><RMCustomerMasterType>${party(number, `Party ${number}`)}</RMCustomerMasterType></eConnect>`);
    runDocument(c, desk, receipt('R1', 'C1'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const changedSince = (ms: number, documentType = 'Customer'): string[] => [...runQuery(c, { documentType, rows: 0, where: `DEX_ROW_TS >= '${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')}'`, indexes: {} }).matchAll(/<CUSTNMBR>([^<]*)</g)].map((m) => (m[1] ?? '').trim());

  it('a new number takes the documents along, is stamped anew in every table, and leaves nothing of the old one', () => {
    const before = clock;
    expect(renameCustomer(c, 'C1', 'C2')).toBe(false);
    expect(renameCustomer(c, 'C1', 'much too long a number')).toBe(false);
    expect(renameCustomer(c, 'C1', 'NEW1')).toBe(true);
    expect([c.customers.get('C1'), c.customers.get('NEW1')?.name, c.receipts.get('R1')?.customer]).toEqual([undefined, 'Party C1', 'NEW1']);
    expect([changedSince(before), changedSince(before, 'Customer_Address')]).toEqual([['NEW1'], ['NEW1']]);
    expect(runQuery(c, { documentType: 'Customer', rows: 0, where: "CUSTNMBR IN ('C1')", indexes: {} })).toBe('<root></root>');
  });

  it('the combined one is gone and the other one bears no new stamp', () => {
    const before = clock;
    expect([combineCustomers(c, 'C1', 'C1'), combineCustomers(c, 'C1', 'C2')]).toEqual([false, true]);
    expect([c.customers.get('C1'), c.receipts.get('R1')?.customer, changedSince(before)]).toEqual([undefined, 'C2', []]);
  });

  it('one with documents is kept; one without is deleted, untold', () => {
    const before = clock;
    expect([deleteCustomer(c, 'C1'), deleteCustomer(c, 'C3'), deleteCustomer(c, 'C3')]).toEqual(['in-use', 'done', 'unknown']);
    expect([c.customers.get('C1') === undefined, changedSince(before)]).toEqual([false, []]);
  });
});
