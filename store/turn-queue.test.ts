import { Client } from 'pg';
import { storeServers } from '../test/support/store-servers';

jest.setTimeout(60_000);

/** What a client sees of a statement does not tell whether it was planned for this asking or for an earlier one. */
describe.each(storeServers)('statements that are asked again and again, on %s', (_name, start) => {
  let server: Awaited<ReturnType<typeof start>>;
  let clients: Client[] = [];
  const ask = async (client: number, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => (await clients[client]?.query<Record<string, unknown>>(text, values))?.rows ?? [];
  beforeAll(async () => {
    server = await start();
    clients = [0, 1].map(() => new Client({ connectionString: server.url }));
    for (const client of clients) await client.connect();
    await ask(0, 'create table things (id int primary key, name text, at timestamptz)');
  });
  afterAll(async () => { for (const client of clients) await client.end(); await server.stop(); });

  it('answer each asker with what it asked for, whichever connection asks', async () => {
    for (let n = 0; n < 12; n += 1) await ask(n % 2, 'insert into things (id, name) values ($1, $2)', [n, `thing ${n}`]);
    const askAll = async (client: number): Promise<unknown[]> => {
      const found: unknown[] = [];
      for (let n = 0; n < 60; n += 1) found.push((await ask(client, 'select name from things where id = $1', [n % 12]))[0]?.['name']);
      return found;
    };
    const right = Array.from({ length: 60 }, (_, n) => `thing ${n % 12}`);
    expect(await Promise.all([askAll(0), askAll(1)])).toEqual([right, right]);
    expect(await ask(1, 'select name from things where id = $1', [99])).toEqual([]);
  });
  it('fail for the asker that is wrong, and for nobody else', async () => {
    for (const client of [0, 1, 0]) await expect(ask(client, 'insert into things (id, name) values ($1, $2)', [3, 'again'])).rejects.toMatchObject({ code: '23505' });
    await expect(ask(0, 'insert into things (id, name) values ($1, $2)', ['no number', 'x'])).rejects.toMatchObject({ code: '22P02' });
    await ask(1, 'insert into things (id, name) values ($1, $2)', [30, 'thirty']);
    expect(await ask(0, 'select name from things where id = $1', [30])).toEqual([{ name: 'thirty' }]);
  });
  it('are rolled back with their transaction, and fail after an error within it', async () => {
    await ask(0, 'begin');
    await ask(0, 'insert into things (id, name) values ($1, $2)', [40, 'forty']);
    await expect(ask(0, 'insert into things (id, name) values ($1, $2)', [40, 'twice'])).rejects.toMatchObject({ code: '23505' });
    await expect(ask(0, 'select name from things where id = $1', [3])).rejects.toMatchObject({ code: '25P02' });
    await ask(0, 'rollback');
    expect(await ask(1, 'select name from things where id = $1', [40])).toEqual([]);
  });
  it('see a table as it was changed, also within a transaction of another', async () => {
    for (const client of [0, 1, 0]) expect(Object.keys((await ask(client, 'select * from things where id = $1', [3]))[0] ?? {})).toEqual(['id', 'name', 'at']);
    await ask(0, 'alter table things add column colour text');
    await ask(1, 'begin');
    expect(Object.keys((await ask(1, 'select * from things where id = $1', [3]))[0] ?? {})).toEqual(['id', 'name', 'at', 'colour']);
    await ask(1, 'commit');
    await ask(0, 'begin');
    await ask(0, 'alter table things drop column colour');
    await ask(0, 'rollback');
    for (const client of [0, 1]) expect(Object.keys((await ask(client, 'select * from things where id = $1', [3]))[0] ?? {})).toEqual(['id', 'name', 'at', 'colour']);
  });
});
