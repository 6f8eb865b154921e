import { XMLParser } from 'fast-xml-parser';
import { errorText, GpError, GpSqlError } from './errors';

const namespace = 'http://schemas.microsoft.com/dynamics/gp/2010/01';
const faultNamespace = 'http://schemas.datacontract.org/2004/07/Microsoft.Dynamics.GP.eConnect';
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
const envelope = (body: string): string => `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;

const parser = new XMLParser({ ignoreAttributes: true, removeNSPrefix: true, parseTagValue: false, trimValues: false, processEntities: true });
const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});

export type SoapCall = { operation: string; args: Record<string, string> };

/** SOAP 1.1 request → operation and its arguments; the action header and the body must agree. */
export function readCall(body: string, action: string): SoapCall | undefined {
  if (/<!DOCTYPE|<!ENTITY/i.test(body)) return undefined;
  let tree: Record<string, unknown>;
  try { tree = record(record(record(parser.parse(body, true))['Envelope'])['Body']); } catch { return undefined; }
  const [operation] = Object.keys(tree);
  if (!operation || !action.replaceAll('"', '').endsWith(`/${operation}`)) return undefined;
  return { operation, args: Object.fromEntries(Object.entries(record(tree[operation])).map(([k, v]) => [k, typeof v === 'string' ? v : ''])) };
}

export const reply = (operation: string, result: string): string =>
  envelope(`<${operation}Response xmlns="${namespace}"><${operation}Result>${escape(result)}</${operation}Result></${operation}Response>`);

/** A refusal as the service words it: eConnectFault for business errors, eConnectSqlFault for SQL Server's. */
export function faultReply(error: unknown, xml: string): string {
  const detail = error instanceof GpError
    ? `<eConnectFault xmlns="${faultNamespace}"><ExceptionType>Microsoft.Dynamics.GP.eConnect.eConnectException</ExceptionType><Message>${escape(errorText(error, xml.slice(0, 500)))}</Message><Source>eConnect</Source><StackTrace/></eConnectFault>`
    : error instanceof GpSqlError
      ? `<eConnectSqlFault xmlns="${faultNamespace}"><Errors><eConnectSqlError><Class>16</Class><LineNumber>1</LineNumber><Message>${escape(error.message)}</Message><Number>${error.number}</Number><Server>GPSQL</Server><State>1</State></eConnectSqlError></Errors><Message>${escape(error.message)}</Message><StackTrace/></eConnectSqlFault>`
      : '';
  return envelope(`<s:Fault><faultcode>s:Client</faultcode><faultstring xml:lang="en-US">The creator of this fault did not specify a Reason.</faultstring>${detail ? `<detail>${detail}</detail>` : ''}</s:Fault>`);
}
