import { type XeroMasterActivities } from '../../activities/master/contract';
import { type MasterKind, type MasterWrite } from '../../canonical/master';
import { arranged, type Write } from './write';
import { type World } from './world';

type Answer = Awaited<ReturnType<XeroMasterActivities['writeXeroMasters']>>;
type Held = { contacts: { number: string; name: string }[]; items: { code: string; fields: { Name?: string } }[]; accounts: { code: string; name: string }[] };
const held = (world: World): Promise<Held> => world.control('xero', '/documents');
const at = (operation: string): Write['at'] => ({ system: 'xero', operation, method: 'writeMasters' });
const asks = (write: MasterWrite): { ask: (hands: { xero: XeroMasterActivities }) => Promise<Answer> } => ({ ask: (hands) => hands.xero.writeXeroMasters({ pairId: 'demo', writes: [write] }) });
const id = (n: number): string => String(n).padStart(6, '0');

const makesContact: Write['arrange'] = async (world, n) => arranged<Answer>({
  ...asks({ kind: 'customer', foreignId: `MST${id(n)}`, set: { name: `Made ${n}`, email: `made${n}@example.com` } }),
  async proof(answer) {
    expect((await held(world)).contacts.filter((c) => c.number === `MST${id(n)}`)).toMatchObject([{ name: `Made ${n}` }]);
    expect(answer).toMatchObject([{ ok: true, value: { record: { kind: 'customer', system: 'xero', foreignId: `MST${id(n)}`, fields: { name: `Made ${n}` } } } }]);
  },
});

/** A record that stands in Xero gets another name. */
function changes(made: (n: number) => MasterWrite): Write['arrange'] {
  return async (world, n) => {
    const first = made(n);
    const kind: MasterKind = first.kind;
    const [before] = await world.process().xero.writeXeroMasters({ pairId: 'demo', writes: [first] });
    if (!before?.ok) throw new Error(`not made: ${JSON.stringify(before)}`);
    const { id: known } = before.value.record;
    return arranged<Answer>({
      ...asks({ kind, id: known, set: { name: `Changed ${n}` } }),
      async proof(answer) {
        const all = await held(world);
        expect([...all.contacts, ...all.items.map((i) => ({ name: i.fields.Name })), ...all.accounts].filter((r) => r.name === `Changed ${n}`)).toHaveLength(1);
        expect(answer).toMatchObject([{ ok: true, value: { record: { id: known, fields: { name: `Changed ${n}` } } } }]);
      },
    });
  };
}

const makesAccount: Write['arrange'] = async (world, n) => arranged<Answer>({
  ...asks({ kind: 'account', set: { number: `7${id(n)}`, name: `Account ${n}`, class: 'expense' } }),
  async proof(answer) {
    expect((await held(world)).accounts.filter((a) => a.code === `7${id(n)}`)).toMatchObject([{ name: `Account ${n}` }]);
    expect(answer).toMatchObject([{ ok: true, value: { record: { kind: 'account', fields: { number: `7${id(n)}` } } } }]);
  },
});

export const xeroMasterWrites = {
  writeXeroMasters: [
    { call: 'PUT Contacts (new)', at: at('PUT Contacts'), key: '`ContactNumber` = the customer\'s or vendor\'s id in GP', look: 'by `ContactNumber`, after every unclear end', lost: 'looked up by number; Xero refuses a second one of the number, and of a name', arrange: makesContact },
    { call: 'POST Contacts (change)', at: at('POST Contacts'), key: '`ContactID`', look: 'always: read by id before it is sent', lost: 'read by id; what holds the values is done, and the same values twice are the same contact', arrange: changes((n) => ({ kind: 'customer', foreignId: `CHG${id(n)}`, set: { name: `First ${n}` } })) },
    { call: 'POST Items', at: at('POST Items'), key: '`Code` = the item number', look: 'by `Code`, after every unclear end', lost: 'looked up by code, under which it is one item however often it is sent', arrange: changes((n) => ({ kind: 'item', set: { code: `IT-${n}`, name: `First item ${n}` } })) },
    { call: 'PUT Accounts (new)', at: at('PUT Accounts'), key: '`Code` = the account number', look: 'always, by `Code`', lost: 'looked up by code; Xero refuses a second one of the code', arrange: makesAccount },
  ],
} satisfies Record<string, Write[]>;
