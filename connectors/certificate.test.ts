import { failureCatalogue } from '../canonical/failure';
import { certificateError, certificateFailure } from './certificate';

const gp = { system: 'gp', name: 'the eConnect service' };

describe('a refused certificate', () => {
  it.each([
    [{ code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }, 'it has expired'], [{ cause: { code: 'CERT_NOT_YET_VALID' } }, 'it is not valid yet'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'it is made out to another name'], ['DEPTH_ZERO_SELF_SIGNED_CERT', 'nobody whom this machine trusts has signed it'],
    ['unable to verify the first certificate', 'nobody whom this machine trusts has signed it'], ["Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list", 'it is made out to another name'],
    [{ code: 'CERT_REVOKED' }, 'it is refused'],
  ])('%j is told in words, with what to do', (error, says) => {
    const failure = certificateFailure(error, gp);
    expect(failure).toMatchObject({ code: 'certificate-invalid', system: 'gp' });
    expect(failure?.message).toContain(`The certificate of the eConnect service is not accepted: ${says}`);
    expect(failure?.fix).toMatch(/goes on by itself then\.$/);
  });
  it.each([['ECONNREFUSED'], ['socket hang up'], [{ code: 'ECONNRESET', message: 'read ECONNRESET' }], [undefined], [{ message: 'CERT' }], ['EPROTO']])('%j is none: the request may have left', (error) => {
    expect([certificateError(error), certificateFailure(error, gp)]).toEqual([undefined, undefined]);
  });
  it('heals, so that nobody has to decide about each order', () => { expect(failureCatalogue['certificate-invalid']).toEqual({ class: 'connection', heals: true }); });
});
