import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import { BasicAuthSecurity, HttpClient, NTLMSecurity, createClientAsync, type Client, type SoapMethodAsync } from 'soap';
import { certificateError } from '../certificate';
import { replyBytesMax } from './strict-xml';
import { type GpSettings } from './types';

export type EconnectOperation = 'CreateEntity' | 'CreateTransactionEntity' | 'UpdateTransactionEntity' | 'DeleteTransactionEntity' | 'GetEntity';

/** What came back over HTTP: a reply to read, a call that certainly never left, or one that left and whose reply is lost. */
export type HttpReply = { kind: 'reply'; status: number; body: string } | { kind: 'not-sent'; why: string } | { kind: 'lost'; why: string; /** Something came, but it was no answer. */ unreadable?: true };

/** Codes of Node that come before the first byte of the request leaves, beside a refused certificate. */
const beforeSending = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_INVALID_URL|ERR_FR_MAX_BODY_LENGTH_EXCEEDED)$/;

type Agents = { httpAgent: HttpAgent; httpsAgent: HttpsAgent };
const newAgents = (maxSockets: number): Agents => ({ httpAgent: new HttpAgent({ keepAlive: true, maxSockets }), httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets }) });
const destroy = ({ httpAgent, httpsAgent }: Agents): void => { httpAgent.destroy(); httpsAgent.destroy(); };

/**
 * NTLM signs a socket, not a request: one conversation per socket. Each call borrows agents with a single socket and hands them back;
 * Basic needs no such care and shares one pair.
 */
class AgentPool {
  private readonly free: Agents[] = [];
  private readonly shared = newAgents(16);
  constructor(private readonly perSocket: boolean) {}
  borrow(): Agents { return this.perSocket ? this.free.pop() ?? newAgents(1) : this.shared; }
  giveBack(agents: Agents, sound: boolean): void {
    if (!this.perSocket) return;
    if (sound && this.free.length < 8) this.free.push(agents);
    else destroy(agents);
  }
  close(): void { [this.shared, ...this.free.splice(0)].forEach(destroy); }
}

/** An answer of nothing, which the library has soon read. */
const nothing = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>';

/** The library looks for an envelope inside any text and reads it into objects, at a quarter of what a call costs. We judge the whole body: it is kept as it came, and the library is given nothing to read. */
class WholeBodyHttpClient extends HttpClient {
  private readonly bodies = new WeakMap<object, unknown>();
  override handleResponse(...[, response, body]: Parameters<HttpClient['handleResponse']>): unknown {
    this.bodies.set(response, body);
    return nothing;
  }
  /** What came, once the library has been answered. */
  bodyOf(response: object): unknown { return this.bodies.get(response); }
}

type Parts = { code?: unknown; message?: unknown; response?: { status?: unknown; data?: unknown } };
const partsOf = (error: unknown): Parts => (typeof error === 'object' && error !== null ? error : {});

function replyOf(response: { status?: unknown; data?: unknown } | undefined): HttpReply | undefined {
  if (typeof response?.status !== 'number') return undefined;
  return { kind: 'reply', status: response.status, body: typeof response.data === 'string' ? response.data : '' };
}

/** An error without an HTTP reply: did the request leave? Only the code is kept; the error itself carries credentials. */
export function transportFailure(error: unknown): HttpReply {
  const { code, message } = partsOf(error);
  const name = typeof code === 'string' ? code : '';
  if (certificateError(name) !== undefined || beforeSending.test(name)) return { kind: 'not-sent', why: name };
  if (typeof message === 'string' && message.includes('maxContentLength')) return { kind: 'lost', why: `longer than ${replyBytesMax} bytes`, unreadable: true };
  return { kind: 'lost', why: name !== '' ? name : typeof message === 'string' ? message.slice(0, 80) : 'no reply' };
}

export type SoapTransport = { call(operation: EconnectOperation, xml: string): Promise<HttpReply>; close(): void };

function securityOf({ auth }: GpSettings): BasicAuthSecurity | NTLMSecurity {
  return auth.kind === 'basic' ? new BasicAuthSecurity(auth.user, auth.password) : new NTLMSecurity({ username: auth.user, password: auth.password, domain: auth.domain ?? '', workstation: '' });
}

/**
 * eConnect's SOAP 1.1 endpoint: document/literal wrapped, the eConnect document as escaped text, SOAPAction from the contract beside this file.
 * Never throws; redirects and proxies are not followed, a call ends after `timeoutMs`.
 */
export function createSoapTransport(settings: GpSettings): SoapTransport {
  const agents = new AgentPool(settings.auth.kind === 'ntlm');
  const replies = new Map<string, HttpReply>();
  let connecting: Promise<Client> | undefined;

  const connect = async (): Promise<Client> => {
    const httpClient = new WholeBodyHttpClient();
    const client = await createClientAsync(join(__dirname, 'econnect.wsdl'), { endpoint: settings.econnectUrl, httpClient });
    client.setSecurity(securityOf(settings));
    client.on('response', (_body, response: { status?: unknown } | undefined, id) => {
      const reply = response && replyOf({ status: response.status, data: httpClient.bodyOf(response) });
      if (reply) replies.set(id, reply);
    });
    return client;
  };

  const send = async (operation: EconnectOperation, xml: string, exchange: { id: string; lent: Agents }): Promise<HttpReply> => {
    const client = await (connecting ??= connect());
    const method = client[`${operation}Async`] as SoapMethodAsync;
    const options = { exchangeId: exchange.id, ...exchange.lent, timeout: settings.timeoutMs, signal: AbortSignal.timeout(settings.timeoutMs + 1_000),
      maxContentLength: replyBytesMax, maxBodyLength: replyBytesMax, maxRedirects: 0, proxy: false };
    try {
      await method.call(client, { connectionString: settings.connectionString, xml }, options);
    } catch (error) {
      const late = replyOf(partsOf(error).response);
      return replies.get(exchange.id) ?? late ?? transportFailure(error);
    }
    return replies.get(exchange.id) ?? { kind: 'lost', why: 'no reply' };
  };

  return {
    async call(operation, xml) {
      const exchange = { id: randomUUID(), lent: agents.borrow() };
      let reply: HttpReply = { kind: 'lost', why: 'no reply' };
      try {
        reply = await send(operation, xml, exchange);
        return reply;
      } finally {
        replies.delete(exchange.id);
        agents.giveBack(exchange.lent, reply.kind === 'reply' && reply.status !== 401);
      }
    },
    close: () => agents.close(),
  };
}
