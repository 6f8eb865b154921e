import { type Failure } from '../../canonical/failure';
import { certificateFailure } from '../certificate';
import { econnectRefusal, sqlRefusal } from './econnect-errors';
import { type EconnectOperation, type HttpReply } from './soap-transport';
import { asNode, find, nodes, parseXml, textOf, type XmlNode } from './strict-xml';

/**
 * What one call came to. `unknown`: it may have been carried out, only looking tells; `unreadable` when an answer of success came that is none.
 * `refused` with `look`: GP says that the document stands there already.
 */
export type EconnectReply =
  | { kind: 'result'; text: string }
  | { kind: 'refused'; failure: Failure; look: boolean }
  | { kind: 'not-sent'; failure: Failure }
  | { kind: 'unknown'; why: string; unreadable?: true };

const unauthorized: Failure = { code: 'unauthorized', system: 'gp', message: 'GP refuses the user name or password of the agent.', fix: 'Correct the credentials in the agent\'s configuration and restart it.' };
const wrongAddress = (status: number): Failure => ({ code: 'setup-missing', system: 'gp', field: 'econnectUrl', message: `There is no eConnect service at the configured address (HTTP ${status}).`, fix: 'Correct the address of the eConnect endpoint in the agent\'s configuration.' });
const unreachable = (why: string): Failure => certificateFailure(why, { system: 'gp', name: 'the eConnect service' }) ?? ({ code: 'system-unavailable', system: 'gp', message: `The eConnect service cannot be reached (${why}). Nothing was sent.`, fix: 'Start the eConnect service or correct its address; it is tried again by itself.' });

/** Faults of the WCF layer that come before the operation runs. */
const notExecuted = /ActionNotSupported|DeserializationFailed|InvalidSecurity|FailedAuthentication|DestinationUnreachable|EndpointUnavailable/;

function readFault(fault: XmlNode): EconnectReply {
  const detail = fault['detail'];
  const sql = find(detail, 'eConnectSqlFault');
  if (sql !== undefined) {
    const errors = nodes(find(sql, 'eConnectSqlError')).map((e) => ({ number: Number(textOf(e['Number'])), message: textOf(e['Message']) }));
    return { kind: 'refused', ...sqlRefusal(errors.length > 0 ? errors : [{ number: 0, message: textOf(asNode(sql)['Message']) }]) };
  }
  const econnect = find(detail, 'eConnectFault');
  const text = textOf(asNode(econnect)['Message']) || textOf(fault['faultstring']);
  if (econnect !== undefined) {
    const refusal = econnectRefusal(text);
    return /Timeout|Communication|IOException/.test(textOf(asNode(econnect)['ExceptionType'])) ? { kind: 'unknown', why: 'the eConnect service broke off' } : { kind: 'refused', ...refusal };
  }
  const code = textOf(fault['faultcode']);
  if (notExecuted.test(code)) return { kind: 'refused', look: false, failure: { code: 'setup-missing', system: 'gp', message: `The eConnect service does not take this call: ${text.slice(0, 200)}`, fix: 'Check that the endpoint is eConnect\'s and that its release matches.' } };
  return { kind: 'unknown', why: `the service failed: ${text.replace(/\s+/g, ' ').slice(0, 120)}` };
}

/** Reads an HTTP reply strictly: HTML, truncated or foreign XML is never taken for an answer, whatever its status says. */
export function readReply(operation: EconnectOperation, reply: HttpReply): EconnectReply {
  if (reply.kind === 'not-sent') return { kind: 'not-sent', failure: unreachable(reply.why) };
  if (reply.kind === 'lost') return { kind: 'unknown', why: `the reply was lost (${reply.why})`, ...(reply.unreadable ? { unreadable: true as const } : {}) };
  const { status, body } = reply;
  if (status === 401 || status === 403) return { kind: 'refused', failure: unauthorized, look: false };
  let envelope: XmlNode;
  try {
    envelope = parseXml(body.trim(), 'Envelope');
  } catch (error) {
    if (status === 404 || status === 405 || status === 415) return { kind: 'not-sent', failure: wrongAddress(status) };
    if (status >= 300 && status < 400) return { kind: 'unknown', why: `HTTP ${status} to another address, which is not followed` };
    return { kind: 'unknown', why: `the reply cannot be read (HTTP ${status}, ${error instanceof Error ? error.message.slice(0, 80) : 'not XML'})`, ...(status < 300 ? { unreadable: true as const } : {}) };
  }
  const content = asNode(envelope['Body']);
  if (content['Fault'] !== undefined) return readFault(asNode(content['Fault']));
  const response = content[`${operation}Response`];
  const result = asNode(response)[`${operation}Result`];
  if (status >= 300 || result === undefined) return { kind: 'unknown', why: `the reply (HTTP ${status}) holds no ${operation}Result` };
  return { kind: 'result', text: textOf(result) };
}
