import { type XeroMasterActivities } from '../../activities/master/contract';
import { type MasterKind, type MasterWrite } from '../../canonical/master';
import { arranged, type Write } from './write';
import { type World } from './world';

type Answer = Awaited<ReturnType<XeroMasterActivities['writeXeroMasters']>>;
type Held = { contacts: { number: string; name: string }[]; items: { code: string; fields: { Name?: string } }[]; accounts: { code: string; name: string }[]; tracking: { name: string; options: { name: string }[] }[]; taxRates: { type: string; name: string; rate: string }[]; currencies: string[]; contactGroups: { name: string; contacts: string[] }[] };
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

/** One tracking category stands for all of them: two can be in use. */
const makesOption: Write['arrange'] = async (world, n) => {
  if ((await held(world)).tracking.length === 0) await world.control('xero', '/entries/trackingCategories', { method: 'POST', body: [{ Name: 'Department' }] as object });
  return arranged<Answer>({
    ...asks({ kind: 'tracking', set: { category: 'Department', name: `Option ${n}` } }),
    async proof(answer) {
      expect((await held(world)).tracking.flatMap((c) => c.options).filter((o) => o.name === `Option ${n}`)).toHaveLength(1);
      expect(answer).toMatchObject([{ ok: true, value: { record: { kind: 'tracking', fields: { category: 'Department', name: `Option ${n}` } } } }]);
    },
  });
};

const makesTaxRate: Write['arrange'] = async (world, n) => arranged<Answer>({
  ...asks({ kind: 'tax', set: { name: `Rate ${n}`, rate: '6.25' } }),
  async proof(answer) {
    expect((await held(world)).taxRates.filter((r) => r.name === `Rate ${n}`)).toMatchObject([{ rate: '6.25' }]);
    expect(answer).toMatchObject([{ ok: true, value: { record: { kind: 'tax', fields: { name: `Rate ${n}`, rate: '6.25' } } } }]);
  },
});
const changesTaxRate: Write['arrange'] = async (world, n) => {
  const [before] = await world.process().xero.writeXeroMasters({ pairId: 'demo', writes: [{ kind: 'tax', set: { name: `Moved ${n}`, rate: '1' } }] });
  if (!before?.ok) throw new Error(`not made: ${JSON.stringify(before)}`);
  return arranged<Answer>({
    ...asks({ kind: 'tax', id: before.value.record.id, set: { rate: '2.5' } }),
    async proof(answer) {
      expect((await held(world)).taxRates.filter((r) => r.name === `Moved ${n}`)).toMatchObject([{ type: before.value.record.id, rate: '2.5' }]);
      expect(answer).toMatchObject([{ ok: true, value: { record: { id: before.value.record.id, fields: { rate: '2.5' } } } }]);
    },
  });
};

/** One group stands for each of these classes: a hundred can be made. */
const moves = (from: string | undefined, to: string | undefined): Write['arrange'] => async (world, n) => {
  if (!(await held(world)).contactGroups.some((g) => g.name === 'Retail')) for (const Name of ['Retail', 'Wholesale']) await world.control('xero', '/entries/contactGroups', { method: 'POST', body: [{ Name }] as object });
  const [before] = await world.process().xero.writeXeroMasters({ pairId: 'demo', writes: [{ kind: 'customer', foreignId: `GRP${id(n)}`, set: { name: `Grouped ${n}`, ...(from === undefined ? {} : { class: from }) } }] });
  if (!before?.ok) throw new Error(`not made: ${JSON.stringify(before)}`);
  const { id: known } = before.value.record;
  return arranged<Answer>({
    ...asks({ kind: 'customer', id: known, ...(to === undefined ? { set: {}, clear: ['class'] } : { set: { class: to } }), before: { class: from ?? '' } }),
    async proof(answer) {
      expect((await held(world)).contactGroups.filter((g) => g.contacts.includes(known)).map((g) => g.name)).toEqual(to === undefined ? [] : [to]);
      expect(answer).toMatchObject([{ ok: true, value: { record: { id: known } } }]);
    },
  });
};

/** Three letters for each n. */
const letters = (n: number): string => `Q${String.fromCharCode(65 + (Math.floor(n / 26) % 26), 65 + (n % 26))}`;
const addsCurrency: Write['arrange'] = async (world, n) => arranged<Answer>({
  ...asks({ kind: 'currency', set: { code: letters(n) } }),
  async proof(answer) {
    expect((await held(world)).currencies.filter((c) => c === letters(n))).toHaveLength(1);
    expect(answer).toMatchObject([{ ok: true, value: { record: { kind: 'currency', id: letters(n) } } }]);
  },
});

export const xeroMasterWrites = {
  writeXeroMasters: [
    { call: 'PUT Contacts (new)', at: at('PUT Contacts'), key: '`ContactNumber` = the customer\'s or vendor\'s id in GP', look: 'by `ContactNumber`, after every unclear end', lost: 'looked up by number; Xero refuses a second one of the number, and of a name', arrange: makesContact },
    { call: 'POST Contacts (change)', at: at('POST Contacts'), key: '`ContactID`', look: 'always: read by id before it is sent', lost: 'read by id; what holds the values is done, and the same values twice are the same contact', arrange: changes((n) => ({ kind: 'customer', foreignId: `CHG${id(n)}`, set: { name: `First ${n}` } })) },
    { call: 'PUT ContactGroups/{id}/Contacts', at: at('PUT ContactGroups'), key: 'group and `ContactID`', look: 'always: the contact\'s groups are read before', lost: 'the contact is read back; being put into a group twice is being in it once', arrange: moves(undefined, 'Retail') },
    { call: 'DELETE ContactGroups/{id}/Contacts/{id}', at: at('DELETE ContactGroups'), key: 'group and `ContactID`', look: 'always: the contact\'s groups are read before', lost: 'the contact is read back; what is out of the group is out of it', arrange: moves('Wholesale', undefined) },
    { call: 'POST Items', at: at('POST Items'), key: '`Code` = the item number', look: 'by `Code`, after every unclear end', lost: 'looked up by code, under which it is one item however often it is sent', arrange: changes((n) => ({ kind: 'item', set: { code: `IT-${n}`, name: `First item ${n}` } })) },
    { call: 'PUT Accounts (new)', at: at('PUT Accounts'), key: '`Code` = the account number', look: 'always, by `Code`', lost: 'looked up by code; Xero refuses a second one of the code', arrange: makesAccount },
    { call: 'PUT TrackingCategories Options', at: at('PUT TrackingCategories'), key: 'the option\'s name in its category', look: 'always, by category and name', lost: 'looked up by name; Xero refuses a second one of the name', arrange: makesOption },
    { call: 'PUT TaxRates (new)', at: at('PUT TaxRates'), key: '`Name` = the tax\'s name', look: 'always, by `Name`', lost: 'looked up by name; Xero refuses a second one of the name', arrange: makesTaxRate },
    { call: 'POST TaxRates (change)', at: at('POST TaxRates'), key: '`TaxType`', look: 'always: read by its type before it is sent', lost: 'read by its type; the same rate twice is the same rate', arrange: changesTaxRate },
    { call: 'PUT Currencies', at: at('PUT Currencies'), key: '`Code` = the ISO code', look: 'always, by `Code`', lost: 'looked up by code; Xero refuses a second one of the code', arrange: addsCurrency },
  ],
} satisfies Record<string, Write[]>;
