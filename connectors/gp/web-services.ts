import axios, { type AxiosResponse } from 'axios';
import { HttpClient } from 'soap';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { certificateFailure } from '../certificate';
import { unreadable } from './econnect-rows';
import { transportFailure } from './soap-transport';
import { asNode, find, nodes, parseXml, replyBytesMax, textOf, type XmlNode } from './strict-xml';
import { type GpSettings } from './types';

const gp = 'http://schemas.microsoft.com/dynamics/gp/2006/01';
const common = 'http://schemas.microsoft.com/dynamics/2006/01';

export type GpCompany = { id: number; name: string };
export type GpCustomerStatus = { number: string; name: string; onHold: boolean; active: boolean; /** Amount limit as GP tells it; absent when none or unlimited. */ creditLimit?: string };
export type WebServices = {
  getCompanyList(): Promise<Outcome<GpCompany[]>>;
  /** Undefined when GP has no such customer. */
  getCustomerByKey(number: string): Promise<Outcome<GpCustomerStatus | undefined>>;
};

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/**
 * GP: the legacy WSDL's inherited types come out in the wrong namespace from generic clients, so envelopes are written here, in schema order. The
 * context is a body parameter; without OrganizationKey it means the system database.
 */
function envelope(operation: string, args: string, companyId: number | undefined): string {
  const organization = companyId === undefined ? '' : `<c:OrganizationKey xsi:type="c:CompanyKey"><c:Id>${companyId}</c:Id></c:OrganizationKey>`;
  return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:g="${gp}" xmlns:c="${common}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`
    + `<s:Body><g:${operation}>${args}<g:context>${organization}<c:CultureName>en-US</c:CultureName><c:CurrencyType>Transactional</c:CurrencyType></g:context></g:${operation}></s:Body></s:Envelope>`;
}

const unavailable = (why: string): Failure => ({ code: 'system-unavailable', system: 'gp', message: `GP Web Services did not answer: ${why}.`, fix: 'Start the Dynamics GP service host or correct its address; it is tried again by itself.' });
const unauthorized: Failure = { code: 'unauthorized', system: 'gp', message: 'GP Web Services refuse the user of the agent.', fix: 'Correct the credentials, or give the user a role in the Dynamics Security console.' };

/** The library's HTTP client speaks NTLM; everything else stays plain. */
async function post(settings: GpSettings, url: string, call: { operation: string; body: string }): Promise<AxiosResponse<unknown>> {
  const { auth, timeoutMs } = settings;
  const headers = { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: `"${gp}/${call.operation}"` };
  // axios' own limit is over with the first byte of the answer; the signal ends the whole call.
  const limits = { timeout: timeoutMs, signal: AbortSignal.timeout(timeoutMs + 1_000), maxContentLength: replyBytesMax, maxRedirects: 0, proxy: false as const, responseType: 'text' as const };
  if (auth.kind === 'basic') {
    return axios.post(url, call.body, { ...limits, headers, auth: { username: auth.user, password: auth.password }, validateStatus: null, transformResponse: (data: unknown) => data });
  }
  const ntlm = { ntlm: true, username: auth.user, password: auth.password, domain: auth.domain ?? '', workstation: '' };
  return new HttpClient().request(url, call.body, () => undefined, { ...headers, Connection: 'keep-alive' }, { ...limits, ...ntlm });
}

function readBody(operation: string, reply: { status: number; data: unknown }): Outcome<XmlNode | undefined> {
  if (reply.status === 401 || reply.status === 403) return failed(unauthorized);
  let body: XmlNode;
  try {
    body = asNode(parseXml(String(reply.data).trim(), 'Envelope')['Body']);
  } catch (error) {
    return failed(reply.status < 300 ? unreadable(error instanceof Error ? error.message.slice(0, 120) : 'not XML') : unavailable(`HTTP ${reply.status} without a readable answer`));
  }
  if (body['Fault'] !== undefined) {
    const text = textOf(asNode(body['Fault'])['faultstring']).replace(/\s+/g, ' ');
    if (/Business object not found/i.test(text + textOf(find(body['Fault'], 'Message')))) return done(undefined);
    if (/not authorized|security/i.test(text)) return failed(unauthorized);
    return failed(unavailable(text.slice(0, 160)));
  }
  return done(asNode(asNode(body[`${operation}Response`])[`${operation}Result`]));
}

/** A small reader of the legacy GP Web Services endpoint (SOAP 1.1). Failures: `system-unavailable`, `certificate-invalid`, `reply-unreadable`, `unauthorized`. */
export function createWebServices(settings: GpSettings): WebServices {
  const call = async (operation: string, args: string, companyId?: number): Promise<Outcome<XmlNode | undefined>> => {
    try {
      const { status, data } = await post(settings, settings.webServicesUrl ?? '', { operation, body: envelope(operation, args, companyId) });
      return readBody(operation, { status, data });
    } catch (error) {
      if (axios.isAxiosError(error) && error.response) return readBody(operation, { status: error.response.status, data: error.response.data });
      const failure = transportFailure(error);
      if (failure.kind === 'lost' && failure.unreadable) return failed(unreadable(failure.why));
      return failed(certificateFailure(error, { system: 'gp', name: 'GP Web Services' }) ?? unavailable(failure.kind === 'reply' ? 'no reply' : failure.why));
    }
  };
  return {
    async getCompanyList() {
      const result = await call('GetCompanyList', '<g:criteria/>');
      if (!result.ok) return result;
      const companies = Object.entries(result.value ?? {}).filter(([name]) => !name.startsWith('@') && !name.startsWith('#')).flatMap(([, value]) => nodes(value));
      return done(companies.map((company) => ({ id: Number(textOf(find(company['Key'], 'Id') ?? asNode(company['Key'])['Id'])), name: textOf(company['Name']).trimEnd() })));
    },
    async getCustomerByKey(number) {
      const result = await call('GetCustomerByKey', `<g:key><g:Id>${escape(number)}</g:Id></g:key>`, settings.companyId);
      if (!result.ok) return result;
      if (!result.value) return done(undefined);
      const customer = result.value;
      const limit = find(customer['CreditLimit'], 'Value');
      return done({
        number: textOf(asNode(customer['Key'])['Id']).trimEnd(), name: textOf(customer['Name']).trimEnd(), onHold: textOf(customer['IsOnHold']) === 'true',
        active: textOf(customer['IsActive']) !== 'false', ...(limit === undefined ? {} : { creditLimit: textOf(limit) }),
      });
    },
  };
}
