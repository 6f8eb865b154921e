import { randomUUID } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { type Organisation, settingsOf, type Token } from './model';
import { clients, organisationName, tenantId } from './seeds';

const refreshTtlMs = 60 * 24 * 3_600_000;
const graceMs = 30 * 60_000;
const codeTtlMs = 5 * 60_000;

function credentials(req: Request): string | undefined {
  const [id = '', secret = ''] = Buffer.from((req.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString('utf8').split(':');
  return clients[id]?.secret === secret ? id : undefined;
}

function mint(o: Organisation, clientId: string, withRefresh: boolean): { access: string; refresh: string } {
  const pair = { access: `at-${randomUUID()}`, refresh: withRefresh ? `rt-${randomUUID()}` : '' };
  const now = o.now().getTime();
  o.tokens.put(pair.access, { kind: 'access', clientId, expiresAt: now + settingsOf(o).accessTokenTtlSeconds * 1000 });
  if (withRefresh) o.tokens.put(pair.refresh, { kind: 'refresh', clientId, expiresAt: now + refreshTtlMs });
  return pair;
}

/** Rotation: a refresh token is spent on use; the spent one answers with the same successor for 30 minutes (a lost reply can be asked again). */
function rotate(o: Organisation, clientId: string, given: string): { access: string; refresh: string } | undefined {
  const token = o.tokens.get(given);
  const now = o.now().getTime();
  if (token?.kind !== 'refresh' || token.clientId !== clientId || token.expiresAt < now) return undefined;
  if (token.next) return now - (token.usedAt ?? 0) <= graceMs ? token.next : undefined;
  const next = mint(o, clientId, true);
  const spent: Token = { ...token, usedAt: now, next };
  o.tokens.put(given, spent);
  return next;
}

function tokenReply(o: Organisation, res: Response, pair: { access: string; refresh: string }): void {
  res.json({ access_token: pair.access, token_type: 'Bearer', expires_in: settingsOf(o).accessTokenTtlSeconds, ...(pair.refresh ? { refresh_token: pair.refresh } : {}), scope: 'accounting.invoices accounting.payments accounting.contacts accounting.settings offline_access' });
}

/** Identity host and connections: code, refresh and client-credentials flows. Consent is given by whoever opens the page. */
export function oauth(o: Organisation): Router {
  const router = express.Router();
  router.use('/connect', express.urlencoded({ extended: false }));
  router.get('/.well-known/openid-configuration', (req, res) => {
    const base = `${req.protocol}://${req.get('host') ?? ''}`;
    res.json({ issuer: base, authorization_endpoint: `${base}/identity/connect/authorize`, token_endpoint: `${base}/connect/token`, revocation_endpoint: `${base}/connect/revocation` });
  });
  router.get('/identity/connect/authorize', (req, res) => {
    const { client_id: clientId, redirect_uri: redirect, state } = req.query as Record<string, string>;
    if (!clientId || !clients[clientId] || !redirect || /^http:\/\/127\.0\.0\.1/.test(redirect)) { res.status(400).send('unauthorized_client'); return; }
    const code = randomUUID();
    o.tokens.put(code, { kind: 'code', clientId, expiresAt: o.now().getTime() + codeTtlMs });
    const target = new URL(redirect);
    target.searchParams.set('code', code);
    if (state) target.searchParams.set('state', state);
    res.redirect(302, target.toString());
  });
  router.post('/connect/token', (req, res) => {
    const clientId = credentials(req);
    const form = (req.body ?? {}) as Record<string, string>;
    const refuse = (error: string): void => { res.status(400).json({ error }); };
    if (!clientId) { refuse('invalid_client'); return; }
    if (form['grant_type'] === 'client_credentials') { if (clients[clientId]?.custom) tokenReply(o, res, mint(o, clientId, false)); else refuse('unauthorized_client'); return; }
    if (form['grant_type'] === 'authorization_code') {
      const code = o.tokens.get(form['code'] ?? '');
      if (code?.kind !== 'code' || code.expiresAt < o.now().getTime()) { refuse('invalid_grant'); return; }
      o.tokens.delete(form['code'] ?? '');
      tokenReply(o, res, mint(o, clientId, true));
      return;
    }
    if (form['grant_type'] !== 'refresh_token') { refuse('unsupported_grant_type'); return; }
    const pair = rotate(o, clientId, form['refresh_token'] ?? '');
    if (pair) tokenReply(o, res, pair); else refuse('invalid_grant');
  });
  router.post('/connect/revocation', (req, res) => {
    if (!credentials(req)) { res.status(400).json({ error: 'invalid_client' }); return; }
    o.tokens.delete(((req.body ?? {}) as Record<string, string>)['token'] ?? '');
    res.status(200).end();
  });
  router.get('/connections', (req, res) => {
    if (!accessOf(o, req)) { res.status(401).json({ Title: 'Unauthorized', Status: 401 }); return; }
    res.json([{ id: '7cb59f93-2964-421d-bb5e-a0f7a4572a44', authEventId: randomUUID(), tenantId, tenantType: 'ORGANISATION', tenantName: organisationName, createdDateUtc: '2026-01-01T00:00:00.0000000', updatedDateUtc: '2026-01-01T00:00:00.0000000' }]);
  });
  router.delete('/connections/:id', (_req, res) => { res.status(204).end(); });
  return router;
}

/** The live access token of a request. */
export function accessOf(o: Organisation, req: Request): Token | undefined {
  const token = o.tokens.get((req.headers.authorization ?? '').replace(/^Bearer /, ''));
  return token?.kind === 'access' && token.expiresAt > o.now().getTime() ? token : undefined;
}
