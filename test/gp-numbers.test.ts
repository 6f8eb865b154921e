import { Stack } from './support/stack';

jest.setTimeout(120_000);

type GpCustomer = { number: string; name: string; internet?: Record<string, Record<string, string>> };
type Contact = { id: string; name: string; number: string; status: string };
type Question = { id: string; type: string; gpId?: string };

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));
const numbers = ['MOVES', 'FROM', 'INTO', 'GONE', 'STAYS'];

describe('customers that people renumber, combine and delete in GP', () => {
  let stack: Stack;
  beforeAll(async () => { stack = await Stack.up({ policies: { syncSeconds: 5, syncGpSeconds: 2 } }); });
  afterAll(async () => { await stack?.down(); });

  const customers = async (): Promise<GpCustomer[]> => (await stack.gp()).customers;
  const contacts = async (): Promise<Contact[]> => (await stack.xero()).contacts;
  const links = async (): Promise<Map<string, string>> => new Map((await stack.get<{ links: { gpId: string; xeroId: string }[] }>('/sync/links?pairId=demo&kind=customer&limit=500')).links.map((l) => [l.gpId, l.xeroId]));
  const questions = async (): Promise<Question[]> => (await stack.get<{ questions: Question[] }>('/sync/questions?limit=500', 'operator')).questions;
  const until = async (what: () => Promise<boolean>): Promise<void> => { for (const end = Date.now() + 30_000; !(await what().catch(() => false)); await pause(200)) if (Date.now() > end) throw new Error('not in time'); };
  const load = async (): Promise<void> => {
    const { id } = (await (await stack.post('/sync', { pairId: 'demo', mode: 'full', kinds: ['customer'] }, 'operator')).json()) as { id: string };
    await until(async () => (await stack.get<{ state: string }>(`/sync/${id}`)).state === 'done');
  };
  const email = async (number: string): Promise<string | undefined> => (await customers()).find((c) => c.number === number)?.internet?.['PRIMARY']?.['INET1'];
  const inXero = (id: string | undefined, more: object): Promise<unknown> => stack.tell('xero', '/entries/contacts', [{ ContactID: id, ...more }]);

  it('a new number is followed by the next look; one that was combined away or deleted is asked about; none is made again', async () => {
    await stack.tell('gp', '/entries/customers', numbers.map((CUSTNMBR, i) => ({ CUSTNMBR, columns: { CUSTNAME: `${CUSTNMBR} and Sons Trading`, INET1: `party${i}@example.com`, CITY: 'Oslo' } })));
    await load();
    const before = await links();
    const [held, made] = [(await customers()).length, (await contacts()).length];
    expect(numbers.map((n) => typeof before.get(n))).toEqual(numbers.map(() => 'string'));

    await stack.tell('gp', '/customers/MOVES/rename?to=MOVED');
    await until(async () => (await links()).get('MOVED') === before.get('MOVES'));
    expect([(await links()).has('MOVES'), (await customers()).length, (await contacts()).length, await questions()]).toEqual([false, held, made, []]);
    // The contact of the old number is that of the new one from now on.
    await inXero(before.get('MOVES'), { EmailAddress: 'moved@example.com' });
    await until(async () => await email('MOVED') === 'moved@example.com');

    await stack.tell('gp', '/customers/FROM/combine?into=INTO');
    await stack.tell('gp', '/customers/GONE/delete');
    for (const [i, number] of ['FROM', 'GONE'].entries()) await inXero(before.get(number), { EmailAddress: `late${i}@example.com` });
    await until(async () => (await questions()).length === 2);
    expect((await questions()).map((q) => q.gpId).sort()).toEqual(['FROM', 'GONE']);
    await load();
    const asked = async (): Promise<string[]> => (await questions()).filter((q) => q.type === 'deleted').map((q) => q.gpId ?? '').sort();
    await until(async () => (await asked()).length === 2);
    expect([await asked(), (await customers()).map((c) => c.number).filter((n) => [...numbers, 'MOVED'].includes(n)).sort()]).toEqual([['FROM', 'GONE'], ['INTO', 'MOVED', 'STAYS']]);
    expect([(await customers()).length, (await contacts()).length]).toEqual([held - 2, made]);

    const question = (await questions()).find((q) => q.type === 'deleted' && q.gpId === 'FROM');
    expect(stack.command('sync', 'conflicts', 'decide', question?.id ?? '', '--take', 'gp', '--reason', 'combined into INTO')).toMatchObject({ code: 0 });
    await until(async () => (await contacts()).some((c) => c.id === before.get('FROM') && c.status === 'ARCHIVED'));
    expect([(await links()).get('INTO'), (await contacts()).find((c) => c.id === before.get('INTO'))?.status, (await customers()).length]).toEqual([before.get('INTO'), 'ACTIVE', held - 2]);
  });
});
