import { request } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { type ServerCertificate } from './certificates';

export type TlsFront = { url: string; /** Shows this certificate from the next connection on. */ show(certificate: ServerCertificate): void; /** Requests that came through. */ passed(): number; close(): Promise<void> };

/** HTTPS before a simulator, passing everything on: what a load balancer or IIS does. */
export async function startTlsFront(target: string, certificate: ServerCertificate): Promise<TlsFront> {
  let passed = 0;
  const server = createServer(certificate, (req, res) => {
    passed += 1;
    const onward = request(new URL(req.url ?? '/', target), { method: req.method, headers: req.headers }, (reply) => { res.writeHead(reply.statusCode ?? 502, reply.headers); reply.pipe(res); });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up); });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, passed: () => passed,
    show: (next) => { server.setSecureContext(next); server.closeAllConnections(); },
    close: () => new Promise((closed) => { server.close(() => closed()); server.closeAllConnections(); }),
  };
}

/**
 * This process trusts the authority from now on, as NODE_EXTRA_CA_CERTS would make it; answers how to end that.
 * At `tls.connect`, which agents and `fetch` both call by its name in every Node; what happens within it differs from one to the next.
 */
export function trust(authority: string): () => void {
  const real = tls.connect.bind(tls) as (options: tls.ConnectionOptions, ...more: unknown[]) => tls.TLSSocket;
  const kept = tls.connect;
  tls.connect = ((options: tls.ConnectionOptions, ...more: unknown[]) => real({ ...options, ca: options.ca ?? [...tls.rootCertificates, authority] }, ...more)) as typeof tls.connect;
  return () => { tls.connect = kept; };
}
