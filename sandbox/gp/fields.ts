import { Decimal } from 'decimal.js';
import { GpError, GpSqlError, ownNumbers } from './errors';

/** Element → text, as the document carried it. */
export type Fields = Record<string, string>;

/** CHAR lengths of the columns that documents of this simulator may fill. */
const lengths: Record<string, number> = {
  SOPNUMBE: 21, ORIGNUMB: 20, DOCID: 15, BACHNUMB: 15, CUSTNMBR: 15, CUSTNAME: 64, CSTPONBR: 20, ITEMNMBR: 30, ITEMDESC: 100, ADRSCODE: 15, CNTCPRSN: 60, ADDRESS1: 60, ADDRESS2: 60, ADDRESS3: 60, CITY: 35,
  STATE: 29, ZIPCODE: 10, COUNTRY: 60, PHNUMBR1: 21, REFRENCE: 30, INTEGRATIONID: 30, TAXSCHID: 15, TAXDTLID: 15, LOCNCODE: 10, CURNCYID: 15, CHEKBKID: 15, CHEKNMBR: 20, TRXDSCRN: 30, DOCNUMBR: 20,
  COMMENT_1: 50, ShipToName: 64, CUSTCLAS: 15, PRBTADCD: 15, PRSTADCD: 15, UOFM: 8, STADDRCD: 15, STMTNAME: 64, SHRTNAME: 15, PHNUMBR2: 21, PHNUMBR3: 21, FAX: 21, FAXNUMBR: 21, CCode: 6, PYMTRMID: 20, PRCLEVEL: 10, TXRGNNUM: 25, TAXEXMT1: 25,
  TAXEXMT2: 25, COMMENT1: 30, COMMENT2: 30, Master_ID: 30, INET1: 200, INET2: 200, INET3: 200, INET4: 200, INET5: 200, INET6: 200, INET7: 200, INET8: 200, VENDORID: 15, VENDNAME: 64, VNDCHKNM: 64, VENDSHNM: 15, VNDCLSID: 10, VNDCNTCT: 60, VADDCDPR: 15,
  VADCDPAD: 15, VADCDTRO: 15, VADCDSFR: 15, ACNMVNDR: 20, TXIDNMBR: 20, ACTNUMST: 75, ACTALIAS: 20, ACTDESCR: 50, CATEGORY: 50, ITMCLSCD: 10, ITMTSHID: 15, UOMSCHDL: 11, ITMSHNAM: 15, IVSLSACTNUMST: 75, IVCOGSACTNUMST: 75, IVIVACTNUMST: 75, Purchase_Item_Tax_Schedu: 15, CLASSID: 15, CLASDSCR: 30,
  SLPRSNID: 15, SALSTERR: 15, SHIPMTHD: 15, UPSZONE: 3, USER2ENT: 15, COMMNTID: 15, COMMENT_2: 50, COMMENT_3: 50, COMMENT_4: 50, CMMTTEXT: 500, NOTETEXT: 8000, CRCARDID: 15, LSTUSRED: 15, BatchCHEKBKID: 15, USERDEF1: 20, USERDEF2: 20, USRDEF03: 20, USRDEF04: 20, USRDEF05: 20, USRTAB01: 20, USRTAB03: 20, USRTAB09: 20, DistRef: 30,
};
/** What Windows-1252 cannot hold. */
// eslint would call control characters in a pattern a mistake, so the range is named by code.
const foreign = (text: string): string | undefined => [...text].find((c) => { const code = c.codePointAt(0) ?? 0; return code > 0xff && !'€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'.includes(c); });

/** Typed access to one node; refuses missing, too long, foreign and malformed values as the procedure does. */
export class NodeReader {
  constructor(readonly procedure: string, readonly fields: Fields, /** Elements that hold an empty CDATA section. */ private readonly blanks: ReadonlySet<string> = new Set()) {
    for (const [name, value] of Object.entries(fields)) {
      const limit = lengths[name];
      if (limit !== undefined && value.length > limit) throw new GpError(ownNumbers.tooLong, procedure, { description: `The value of ${name} is longer than ${limit} characters`, fields: { [name]: value } });
      const odd = foreign(value);
      if (odd !== undefined) throw new GpSqlError(8114, `Error converting data type nvarchar to char: character U+${(odd.codePointAt(0) ?? 0).toString(16)} of ${name} is not in code page 1252`);
    }
  }
  /** Does the document say anything of this field? An empty element does not; an empty CDATA section blanks it. */
  sent(name: string): boolean { return this.text(name) !== '' || this.blanks.has(name); }
  text(name: string): string { return this.fields[name]?.trim() ?? ''; }
  required(name: string): string {
    const value = this.text(name);
    if (value === '') throw new GpError(ownNumbers.required, this.procedure, { description: `Required field ${name} is missing`, fields: { [name]: '' } });
    return value;
  }
  decimal(name: string): Decimal {
    const value = this.text(name);
    if (value === '') return new Decimal(0);
    if (!/^-?\d{1,14}(\.\d{1,7})?$/.test(value)) throw new GpError(ownNumbers.badValue, this.procedure, { description: `${name} is not a number with at most 14 digits and 7 decimals`, fields: { [name]: value } });
    return new Decimal(value);
  }
  int(name: string): number { return this.decimal(name).toNumber(); }
  date(name: string): string {
    const value = this.required(name);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value))) throw new GpError(ownNumbers.badValue, this.procedure, { description: `${name} is not a date`, fields: { [name]: value } });
    return value;
  }
  refuse(number: number, description: string, ...names: string[]): never {
    throw new GpError(number, this.procedure, { description, fields: Object.fromEntries(names.map((n) => [n, this.text(n)])) });
  }
}
