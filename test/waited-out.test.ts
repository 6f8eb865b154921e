import { X509Certificate } from 'node:crypto';
import { reportConnector } from '../activities/feed';
import { type FailureCode } from '../canonical/failure';
import { type Write } from './exactly-once/write';
import { gpWrites } from './exactly-once/writes-gp';
import { xeroWrites } from './exactly-once/writes-xero';
import { type Hands, type ProcessOptions, type System, World } from './exactly-once/world';
import { type Authority, createAuthority, type ServerCertificate } from './support/certificates';
import { startTlsFront, type TlsFront, trust } from './support/tls-front';

jest.setTimeout(120_000);

/** One write into each ledger; whatever is in the way, it is waited out, and what is proven afterwards is that one document stands. */
const order = gpWrites.createSalesOrder[0] as Write;
const invoice = xeroWrites.mirrorInvoice[1] as Write;
const writeInto: Record<System, Write> = { gp: order, xero: invoice };

it('its authority can be read, whatever length its signatures have', () => {
  for (let i = 0; i < 60; i += 1) {
    const made = createAuthority('Tieout test authority');
    expect(new X509Certificate(made.issue().cert).verify(new X509Certificate(made.cert).publicKey)).toBe(true);
  }
});

let world: World;
const fronts: Partial<Record<System, TlsFront>> = {};
let authority: Authority;
let forget: () => void;
let n = 0;

beforeAll(async () => {
  authority = createAuthority('Tieout test authority');
  forget = trust(authority.cert);
  world = await World.up({ timeoutMs: 5_000, async reach(urls) {
    for (const system of ['gp', 'xero'] as const) fronts[system] = await startTlsFront(urls[system], authority.issue());
    return { gp: fronts.gp?.url ?? '', xero: fronts.xero?.url ?? '' };
  } });
  // A world that cannot be reached at all would wait, as it should, in every test: said once, here, with the cause.
  const answers = await Promise.all([world.gpClient().ping(), world.xeroClient().readOrganisation()]);
  expect(answers.flatMap((answer) => (answer.ok ? [] : [answer.failure]))).toEqual([]);
});
afterAll(async () => { await Promise.all(Object.values(fronts).map((front) => front.close())); await world.down(); forget(); });

/** What is in the list of a person: one incident per connector, with its cause. */
const incidents = async (): Promise<{ code: string; message: string; fix: string }[]> => (await world.store.exceptions.list({ open: true })).filter((e) => e.kind === 'connector').map((e) => e.failure);
const until = async (holds: () => Promise<boolean>): Promise<void> => { for (let i = 0; i < 200 && !(await holds()); i += 1) await new Promise((wake) => { setTimeout(wake, 50); }); };
const telling: ProcessOptions = { tell: (system, failure) => reportConnector({ store: world.store }, { pairId: 'demo', system, failure }) };

/** Asks for a write that cannot be done now: it waits and one incident tells why; `mend` ends the trouble and it goes on by itself. */
async function waitsOut(write: Awaited<ReturnType<Write['arrange']>>, ask: { code: FailureCode; hands: Hands; mend: () => Promise<void> }): Promise<{ message: string; fix: string }> {
  let ended = false;
  const answer = write.ask(ask.hands).finally(() => { ended = true; });
  await until(async () => ended || (await incidents()).length > 0);
  const told = await incidents();
  expect([ended, told.map((t) => t.code)]).toEqual([false, [ask.code]]);
  await ask.mend();
  await write.proof(await answer);
  await until(async () => (await incidents()).length === 0);
  expect(await incidents()).toEqual([]);
  return told[0] ?? { message: '', fix: '' };
}

describe.each(['gp', 'xero'] as const)('the certificate of %s', (system) => {
  const bad: [string, () => ServerCertificate, RegExp][] = [
    ['has expired', () => authority.issue({ to: new Date(Date.now() - 60_000) }), /it has expired \(CERT_HAS_EXPIRED\)/],
    ['is not valid yet', () => authority.issue({ from: new Date(Date.now() + 3_600_000) }), /it is not valid yet \(CERT_NOT_YET_VALID\)/],
    ['is made out to another name', () => authority.issue({ host: 'elsewhere.example.com' }), /it is made out to another name/],
    ['is signed by itself', () => authority.issue({ by: 'itself' }), /nobody whom this machine trusts has signed it/],
    ['is signed by a stranger', () => createAuthority('A stranger').issue(), /nobody whom this machine trusts has signed it/],
  ];
  it.each(bad)('%s: named, nothing is sent, waited out until it is renewed', async (_what, certificate, says) => {
    const front = fronts[system];
    const write = await writeInto[system].arrange(world, (n += 1));
    front?.show(certificate());
    const before = front?.passed();
    const told = await waitsOut(write, { code: 'certificate-invalid', hands: world.process(telling), async mend() { expect(front?.passed()).toBe(before); front?.show(authority.issue()); } });
    expect(told.message).toMatch(says);
    expect(told.fix).toMatch(/goes on by itself then/);
  });
});

describe('access to Xero', () => {
  type Tokens = { accessToken: string; refreshToken: string; previousRefreshToken?: string; expiresAt: string };
  const connection = (): string => `xero/${world.pair.xero.connectionId}`;
  const tokens = async (): Promise<Tokens> => JSON.parse((await world.store.connections.load(connection()))?.secret ?? '{}') as Tokens;
  const app = `Basic ${Buffer.from('tieout-sandbox:tieout-sandbox-secret').toString('base64')}`;
  const identity = (path: string, form: Record<string, string>): Promise<Response> => fetch(`${fronts.xero?.url ?? ''}${path}`, { method: 'POST', body: new URLSearchParams(form), headers: { authorization: app } });
  const revoke = async (token: string | undefined): Promise<void> => { if (token !== undefined) await identity('/connect/revocation', { token }); };
  /** A person gives consent anew: what the browser and the app do together. */
  async function consent(): Promise<string> {
    const page = await fetch(`${fronts.xero?.url ?? ''}/identity/connect/authorize?client_id=tieout-sandbox&redirect_uri=${encodeURIComponent('https://tieout.example/back')}&state=s`, { redirect: 'manual' });
    const code = new URL(page.headers.get('location') ?? '').searchParams.get('code') ?? '';
    return ((await (await identity('/connect/token', { grant_type: 'authorization_code', code, redirect_uri: 'https://tieout.example/back' })).json()) as { refresh_token: string }).refresh_token;
  }
  /** Nobody notices: the write is done, once, without an incident. */
  async function passesBy(hands: Hands, trouble: () => Promise<void>): Promise<void> {
    const write = await invoice.arrange(world, (n += 1));
    await trouble();
    await write.proof(await write.ask(hands));
    expect(await incidents()).toEqual([]);
  }

  it('whose token was withdrawn in the middle is renewed once, and the write goes on', async () => {
    const hands = world.process(telling);
    const before = await tokens();
    await passesBy(hands, async () => revoke((await tokens()).accessToken));
    expect((await tokens()).accessToken).not.toBe(before.accessToken);
  });

  it('whose token has expired at Xero is renewed, also when our clock, set back, holds it fresh for a day', async () => {
    await world.control('xero', '/settings', { method: 'PATCH', body: { accessTokenTtlSeconds: 1 } });
    await revoke((await tokens()).accessToken);
    await world.xeroClient().readOrganisation();
    const row = await world.store.connections.load(connection());
    await world.store.connections.save(connection(), JSON.stringify({ ...(await tokens()), expiresAt: new Date(Date.now() + 86_400_000).toISOString() }), row?.version ?? 0);
    await world.control('xero', '/settings', { method: 'PATCH', body: { accessTokenTtlSeconds: 1_800 } });
    await new Promise((wake) => { setTimeout(wake, 1_100); });
    const write = await invoice.arrange(world, (n += 1));
    await write.proof(await write.ask(world.process(telling)));
    expect(await incidents()).toEqual([]);
    expect(Date.parse((await tokens()).expiresAt)).toBeLessThan(Date.now() + 1_900_000);
  });

  it('that was disconnected waits, named, and goes on when the organisation is connected again and a worker knows its new token', async () => {
    const write = await invoice.arrange(world, (n += 1));
    const held = await tokens();
    for (const token of [held.accessToken, held.refreshToken, held.previousRefreshToken, 'sandbox-refresh-token']) await revoke(token);
    const told = await waitsOut(write, { code: 'reconnect-needed', hands: world.process(telling), async mend() {
      const refreshToken = await consent();
      expect(await world.xeroClient(refreshToken).readOrganisation()).toMatchObject({ ok: true });
    } });
    expect(told.message).toMatch(/no longer accepts this connection \(invalid_grant\)/);
    expect(told.fix).toMatch(/XERO_REFRESH_TOKEN/);
    expect(JSON.stringify(told)).not.toContain(held.refreshToken);
  });
});
