import { randomUUID } from 'node:crypto';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type MasterWrite, type MasterWritten, overtaken } from '../../canonical/master';
import { unknownOf } from './batch-write';
import { type Door } from './door';
import { accountToMaster, masterToAccount } from './master-coded';
import { accountsByCode, allAccounts } from './master-reads';
import { AccountRow } from './master-wire';
import { rowsOf, unreadable } from './reads';

/** Accounts go one by one: Xero takes no list of them. They are looked for before every write, so no key needs to hold an answer; the code is unique. `held`: all accounts as read right before this page of writes. */
export async function writeAccount(door: Door, write: MasterWrite, held?: AccountRow[]): Promise<Outcome<MasterWritten>> {
  const { id } = write;
  const key = id ?? write.set['number'] ?? '';
  const look = async (standing?: AccountRow[]): Promise<Outcome<MasterWritten | undefined>> => {
    const rows = standing ? done(standing) : id === undefined ? await accountsByCode(door, [key]) : await allAccounts(door);
    if (!rows.ok) return rows;
    const row = rows.value.find((r) => (id === undefined ? r.code === key : r.accountID === id));
    const record = row && accountToMaster(row);
    if (standing && record && overtaken(record, write)) return done({ record, existed: true, warnings: [], overtaken: true });
    const asWanted = record && Object.entries(write.set).every(([f, v]) => f === 'class' || f === 'type' || record.fields[f] === v) && (write.state === undefined || record.state === write.state);
    return done(asWanted ? { record, existed: true, warnings: [] } : undefined);
  };
  const before = id === undefined || held ? await look(id === undefined ? undefined : held) : done(undefined);
  if (!before.ok) return before;
  if (before.value) return done(before.value);
  const account = masterToAccount(write, id === undefined);
  const call = await door.write({ what: `account ${key}`, priority: 3 }, (api, tenant) => (id === undefined ? api.createAccount(tenant, account, door.key(['master-account', account, randomUUID()])) : api.updateAccount(tenant, id, { accounts: [account] }, door.key(['master-account', id, account, randomUUID()]))));
  if (call.ok) {
    const rows = rowsOf(call.body.accounts, AccountRow, `account ${key}`);
    if (rows.ok && rows.value[0]) return done({ record: accountToMaster(rows.value[0]), existed: id !== undefined, warnings: [] });
  }
  // Another process may have been quicker: what is refused may stand by now.
  const after = await look();
  if (!after.ok) return failed(!call.ok && call.end.kind === 'refused' ? call.end.failure : unknownOf(`account ${key}`, after.failure.message));
  return after.value ? done(after.value) : failed(call.ok ? unreadable(`account ${key}`, 'it tells of no account') : call.end.kind === 'refused' ? call.end.failure : unknownOf(`account ${key}`, call.end.kind === 'unknown' ? call.end.why : 'the access expired'));
}
