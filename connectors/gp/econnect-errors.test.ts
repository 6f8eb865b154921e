import { failureCodes } from '../../canonical/failure';
import { econnectRefusal, parseEconnectErrors, sqlRefusal } from './econnect-errors';

const text = (errors: readonly [number, string, string][], end = '\r\n', equals = '='): string =>
  `Sql procedure error codes returned:${end}${end}` + errors.map(([n, node, said]) => `Error Number = ${n}  Stored Procedure${equals} ${node}  Error Description = ${said}${end}Node Identifier Parameters: ${node}${end}SOPNUMBE = WO1${end}`).join('');

describe('econnectRefusal', () => {
  it.each([
    [67, 'totals-do-not-add-up'], [190, 'duplicate-conflict'], [221, 'master-missing'], [235, 'totals-do-not-add-up'], [309, 'setup-missing'], [447, 'account-not-mapped'], [483, 'currency-not-configured'],
    [716, 'account-not-mapped'], [722, 'totals-do-not-add-up'], [2022, 'document-locked'], [2079, 'document-locked'], [2221, 'duplicate-conflict'], [4776, 'out-of-stock'], [7023, 'setup-missing'], [9370, 'document-rejected'], [11479, 'setup-missing'],
  ])('number %i is %s', (number, code) => {
    const { failure, look } = econnectRefusal(text([[number, 'taSopHdrIvcInsert', 'words']]));
    expect(failure).toMatchObject({ code, causes: [`${number} taSopHdrIvcInsert`], system: 'gp' });
    expect(failure.fix).not.toBe('');
    expect(look).toBe(code === 'duplicate-conflict');
  });
  it.each([
    ['Customer is on hold', 'customer-on-hold'], ['Document exceeds the credit limit of the customer', 'credit-limit'], ['The fiscal period of the document date is closed', 'period-closed'],
    ['Document number already exists in RM00401', 'duplicate-conflict'], ['Both documents must be posted before they are applied', 'document-locked'], ['Item number does not exist in IV00101', 'item-not-mapped'],
    ['Account number in SLSINDX does not exist', 'account-not-mapped'], ['Checkbook ID does not exist in CM00100', 'setup-missing'], ['Document ID does not exist for this type in SOP40200', 'setup-missing'],
    ['Customer does not exist in RM00101', 'master-missing'], ['The apply-from document does not exist', 'document-missing'], ['Batch is in use', 'document-locked'], ['Something the site forbids', 'document-rejected'],
  ])('an unknown number that says "%s" is %s', (said, code) => expect(econnectRefusal(text([[67001, 'taSopHdrIvcInsertPre', said]])).failure.code).toBe(code));
  it('reads every layout', () => {
    for (const end of ['\r\n', '\n\r', '\n']) for (const equals of ['=', '', ' =']) expect(parseEconnectErrors(text([[2221, 'taSopHdrIvcInsert', 'Duplicate document number']], end, equals))).toEqual([{ number: 2221, node: 'taSopHdrIvcInsert', description: 'Duplicate document number' }]);
  });
  it('a real error outranks a duplicate in one message: the document was not written', () => {
    const refusal = econnectRefusal(text([[2221, 'taSopHdrIvcInsert', 'Duplicate'], [722, 'taSopLineIvcInsert', 'Price']]));
    expect(refusal).toMatchObject({ look: false, failure: { code: 'totals-do-not-add-up', causes: ['2221 taSopHdrIvcInsert', '722 taSopLineIvcInsert'] } });
  });
  it('lets no password out', () => expect(JSON.stringify(econnectRefusal('Cannot open data source=x;User ID=sa;Password=geheim;'))).not.toMatch(/geheim|=sa/));
  it('only uses codes of the list', () => expect(failureCodes).toContain(econnectRefusal('').failure.code));
});

describe('sqlRefusal', () => {
  it.each([[1205, 'document-locked', false], [-2, 'system-unavailable', true], [10054, 'system-unavailable', true], [2627, 'duplicate-conflict', true], [18456, 'unauthorized', false], [102, 'document-rejected', false]] as const)('SQL %i is %s, look %s', (number, code, look) => {
    expect(sqlRefusal([{ number, message: 'words' }])).toMatchObject({ look, failure: { code, causes: [`SQL ${number}`] } });
  });
});
