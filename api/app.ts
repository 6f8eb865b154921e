import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import express, { type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import { type ApiKeyRow } from '../store/types';
import { authLimiter, requireRole } from './auth';
import { codecDoor, withoutTicket } from './codec-routes';
import { type ApiDeps } from './deps';
import { openApiDocument } from './openapi';
import { jsonBody, mustBeText } from './json-body';
import { badInput, Problem, problemHandler } from './problem';
import { type Route } from './route';
import { routes } from './routes';
import { webhookRoutes } from './webhooks';

const jsonLimit = '256kb';
const slowMs = 5_000;

/** A caller's own request id is kept when it is harmless; else a new one. */
function identify(req: Request, res: Response, log: ApiDeps['log']): void {
  const given = req.header('x-request-id');
  const requestId = given && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
  res.locals['requestId'] = requestId;
  res.set('X-Request-Id', requestId);
  const started = Date.now();
  const path = withoutTicket(req.path);
  res.on('finish', () => {
    const ms = Date.now() - started;
    log[res.statusCode >= 500 || ms > slowMs ? 'warn' : 'debug']({ requestId, method: req.method, path, status: res.statusCode, ms }, 'request');
  });
}

function mount(app: Express, route: Route, deps: ApiDeps): void {
  const path = route.path.replace(/\{(\w+)\}/g, ':$1');
  const body = route.body ? jsonBody(route.bodyLimit ?? jsonLimit) : [];
  app[route.method](path, authLimiter, requireRole(deps.store, route.role), ...body, async (req: Request, res: Response) => {
    mustBeText(Object.values({ ...req.query, ...req.params }).flat());
    const query = route.query?.safeParse(req.query);
    if (query && !query.success) throw badInput(query.error);
    const given = route.body?.safeParse(req.body);
    if (given && !given.success) throw badInput(given.error);
    const reply = await route.handle({ params: req.params as Record<string, string>, query: req.query as Record<string, unknown>, body: (req.body ?? {}) as Record<string, unknown>, key: res.locals['key'] as ApiKeyRow }, deps);
    res.status(route.status ?? 200).json(reply);
  });
}

/** The addresses of the table answer other methods with what they do answer. */
function refuseOtherMethods(app: Express, doors: readonly { method: string; path: string }[]): void {
  for (const path of new Set(doors.map((d) => d.path))) {
    const allow = doors.filter((d) => d.path === path).map((d) => d.method.toUpperCase()).join(', ');
    app.all(path.replace(/\{(\w+)\}/g, ':$1'), (_req, _res, next) => next(new Problem(405, `Only ${allow}`, { allow })));
  }
}

const docsPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tieout API</title><link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="ui"></div><script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/init.js"></script></body></html>`;
const docsScript = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', deepLinking: true, persistAuthorization: false });`;

function health(app: Express, deps: ApiDeps): void {
  app.get('/health', (_req, res) => { res.json({ ok: true, version: deps.version }); });
  let asking: Promise<boolean[]> | undefined;
  app.get('/ready', async (_req, res) => {
    // Needs no key, so however many ask at once, store and Temporal are asked once.
    asking ??= Promise.all([deps.store.ping().then(() => true, () => false), deps.orders.ready()]).finally(() => { asking = undefined; });
    const [store, temporal] = await asking;
    res.status(store && temporal ? 200 : 503).json({ ready: store && temporal, store, temporal });
  });
}

/** Reception: verify, write down, start or signal, answer. */
export function createApi(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', deps.trustedProxies ?? 0);
  app.use((req, res, next) => { identify(req, res, deps.log); next(); });
  app.use(helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:'], connectSrc: ["'self'"], upgradeInsecureRequests: null } } }));
  app.use(webhookRoutes(deps));
  app.use(codecDoor(deps));
  health(app, deps);
  const document = openApiDocument(deps.version);
  app.get('/openapi.json', (_req, res) => { res.json(document); });
  app.get('/docs', (_req, res) => { res.type('html').send(docsPage); });
  app.get('/docs/init.js', (_req, res) => { res.type('text/javascript').send(docsScript); });
  app.use('/docs/assets', express.static(dirname(require.resolve('swagger-ui-dist/package.json')), { index: false }));
  app.get('/', (_req, res) => { res.json({ name: 'tieout', version: deps.version, docs: '/docs', openapi: '/openapi.json', health: '/health', ready: '/ready' }); });
  for (const route of [...routes].sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))) mount(app, route, deps);
  refuseOtherMethods(app, [...routes, ...['/', '/health', '/ready', '/docs', '/openapi.json'].map((path) => ({ method: 'get', path }))]);
  app.use((_req, _res, next) => next(new Problem(404, 'There is nothing at this address', { detail: 'The addresses are listed at /docs.' })));
  app.use(problemHandler(deps.log));
  return app;
}
