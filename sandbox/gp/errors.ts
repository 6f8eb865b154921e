/** A numbered refusal of a stored procedure. Numbers from 35000 on are this simulator's where no public number is known. */
export class GpError extends Error {
  readonly fields: Record<string, string>;
  readonly description: string;
  constructor(readonly number: number, readonly procedure: string, about: string | { description: string; fields: Record<string, string> }) {
    const { description, fields } = typeof about === 'string' ? { description: about, fields: {} } : about;
    super(description);
    this.description = description;
    this.fields = fields;
  }
}
/** A refusal of SQL Server itself. */
export class GpSqlError extends Error {
  constructor(readonly number: number, message: string) { super(message); }
}

/** Numbers of our own choosing, each with what it says. */
export const ownNumbers = {
  unknownItem: 35101, unknownCustomer: 35102, closedPeriod: 35103, unknownCheckbook: 35104, duplicateReceipt: 35105, overApply: 35106, unpostedApply: 35107, onHold: 35108, creditLimit: 35109,
  tooLong: 35110, required: 35111, unknownDocId: 35112, unknownSite: 35113, taxSum: 35114, voidRefused: 35115, unknownDocument: 35116, unknownAccount: 35117, rate: 35118, badValue: 35119, inactiveItem: 35120, unknownUnit: 35121, itemDecimals: 35122,
  exists: 35123, unknownClass: 35124, unknownTerms: 35125, unknownPriceLevel: 35126, unknownAddress: 35127, inactiveCustomer: 35128, accountFormat: 35129, unknownCategory: 35130, unknownSegment: 35131, unknownUnitSchedule: 35132, fixedItemType: 35133,
  unknownSalesperson: 35134, unknownTerritory: 35135, unknownShippingMethod: 35136, unknownCard: 35137, unbalanced: 35138,
} as const;

let turn = 0;
/** The service's text for a refusal; its layout wobbles as the real one does. */
export function errorText(error: GpError, node: string): string {
  turn += 1;
  const end = turn % 2 === 0 ? '\r\n' : '\n\r';
  const equals = turn % 3 === 0 ? '' : '=';
  const fields = Object.entries(error.fields).map(([k, v]) => `${k} = ${v}`).join(end);
  return `Sql procedure error codes returned:${end}${end}Error Number = ${error.number}  Stored Procedure${equals} ${error.procedure}  Error Description = ${error.description}${end}Node Identifier Parameters: ${error.procedure}${end}${fields}${end}Related Error Code Parameters for Node : ${error.procedure}${end}${fields}${end}${end}${node}`;
}
