import { createServer, type RequestListener, type Server } from 'node:http';
import { type Socket } from 'node:net';
import { Problem, problemBody } from './problem';

/** A caller that trickles is let go: headers within 10 s, the whole request within 30 s, looked at every second. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000, keepAliveTimeout: 65_000, maxHeaderSize: 16 * 1024 };
const connectionsMax = 1_000;
const requestsPerSocketMax = 10_000;

const reasons: Record<string, [number, string, Problem]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', new Problem(431, 'The headers are too large', { detail: 'They may have 16 KiB together.' })],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', new Problem(408, 'The request came too slowly')],
};
const malformed: [number, string, Problem] = [400, 'Bad Request', new Problem(400, 'This is not HTTP as it should be', { code: 'request-malformed' })];

/** What Node's parser refuses never reaches Express; it is answered by name too, and the connection ends. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) { socket.destroy(); return; }
  const [status, words, problem] = reasons[error.code ?? ''] ?? malformed;
  const body = problemBody(problem);
  socket.end(`HTTP/1.1 ${status} ${words}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}

/** The api's HTTP server, with a limit on everything a caller can draw out. */
export function createApiServer(listener: RequestListener): Server {
  const server = createServer({ ...limits, insecureHTTPParser: false, requireHostHeader: true }, listener);
  server.maxConnections = connectionsMax;
  server.maxRequestsPerSocket = requestsPerSocketMax;
  server.on('clientError', refuse);
  return server;
}
