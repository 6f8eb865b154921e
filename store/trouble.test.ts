import { storeTrouble } from './trouble';

describe('what a failed statement says about the store', () => {
  it.each([
    [{ code: '53100' }, 'store-full'], [{ code: '53300' }, 'system-unavailable'], [{ code: '57P01' }, 'system-unavailable'], [{ code: '08006' }, 'system-unavailable'], [{ code: 'ECONNREFUSED' }, 'system-unavailable'],
    [new Error('Connection terminated unexpectedly'), 'system-unavailable'], [{ code: '23505' }, undefined], [{ code: '22P02' }, undefined], [new Error('a bug'), undefined], [undefined, undefined],
  ])('%j is %s', (error, code) => { expect(storeTrouble(error)?.code).toBe(code); });
  it('says nothing of the statement or its values', () => {
    expect(JSON.stringify(storeTrouble(Object.assign(new Error('could not extend file for ann@example.org'), { code: '53100' })))).not.toContain('ann@');
  });
});
