import { type GpMasterActivities } from '../../activities/master/contract';
import { type MasterKind, type MasterWrite } from '../../canonical/master';
import { arranged, type Write } from './write';
import { type World } from './world';

type Answer = Awaited<ReturnType<GpMasterActivities['writeGpMasters']>>;
type Held = { customers: { number: string; name: string; fields: Record<string, string> }[]; vendors: { number: string; name: string }[] };
const held = (world: World): Promise<Held> => world.control('gp', '/documents');
const at = (text: string): Write['at'] => ({ system: 'gp', operation: 'CreateEntity', text: `<${text}>`, method: 'writeMaster' });
const asks = (write: MasterWrite): { ask: (hands: { gp: GpMasterActivities }) => Promise<Answer> } => ({ ask: (hands) => hands.gp.writeGpMasters({ writes: [write] }) });

/** A party that is made under a number reserved before the call. */
function makes(kind: 'customer' | 'vendor', prefix: string): Write['arrange'] {
  return async (world, n) => {
    const id = `${prefix}${String(n).padStart(6, '0')}`;
    const foreignId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const write: MasterWrite = { kind, newId: id, foreignId, set: { name: `Ann ${n}`, email: `ann${n}@example.com`, 'billing.city': 'Oslo', 'delivery.city': 'Bergen' } };
    return arranged<Answer>({
      ...asks(write),
      async proof(answer) {
        const all = await held(world);
        expect((kind === 'customer' ? all.customers : all.vendors).filter((p) => p.name === `Ann ${n}`)).toMatchObject([{ number: id }]);
        expect(answer).toMatchObject([{ ok: true, value: { record: { kind, system: 'gp', id, fields: { name: `Ann ${n}`, email: `ann${n}@example.com`, 'billing.city': 'Oslo', 'delivery.city': 'Bergen' } } } }]);
      },
    });
  };
}

/** A record that stands in GP gets another value. */
function changes(kind: MasterKind, made: (n: number) => MasterWrite): Write['arrange'] {
  return async (world, n) => {
    const first = made(n);
    const [before] = await world.process().gp.writeGpMasters({ writes: [first] });
    if (!before?.ok) throw new Error(`not made: ${JSON.stringify(before)}`);
    const { id } = before.value.record;
    return arranged<Answer>({
      ...asks({ kind, id, set: { name: `Bob ${n}` } }),
      async proof(answer) {
        expect((await world.process().gp.readGpMasters({ kind, refs: [id], limit: 1 })).records).toMatchObject([{ id, fields: { name: `Bob ${n}` } }]);
        expect(answer).toMatchObject([{ ok: true, value: { existed: true, record: { id, fields: { name: `Bob ${n}` } } } }]);
      },
    });
  };
}

const make = { look: 'always, by number (a customer by `INTEGRATIONID` too)', lost: 'looked up by number; GP refuses a second one of the number' };
const change = { look: 'always: what GP holds as wanted is not written', lost: 'looked up by number; what holds the values is done, and the same values twice are the same record' };

export const gpMasterWrites = {
  writeGpMasters: [
    { call: 'RMCustomerMasterType (new)', at: at('taUpdateCreateCustomerRcd'), key: '`CUSTNMBR` reserved before the call; `INTEGRATIONID` = the other side\'s id', ...make, arrange: makes('customer', 'WEBM') },
    { call: 'RMCustomerMasterType (change)', at: at('taUpdateCreateCustomerRcd'), key: '`CUSTNMBR`', ...change, arrange: changes('customer', (n) => ({ kind: 'customer', newId: `WEBC${n}`, set: { name: `Ann ${n}` } })) },
    { call: 'PMVendorMasterType (new)', at: at('taUpdateCreateVendorRcd'), key: '`VENDORID` reserved before the call', ...make, arrange: makes('vendor', 'VENM') },
    { call: 'IVItemMasterType (change)', at: at('taUpdateCreateItemRcd'), key: '`ITEMNMBR`', ...change, arrange: changes('item', (n) => ({ kind: 'item', newId: `ITEM${n}`, set: { code: `ITEM${n}`, name: `Ann ${n}` } })) },
    { call: 'GLAccountType (change)', at: at('taUpdateCreateAccountRcd'), key: '`ACTNUMST`', ...change, arrange: changes('account', (n) => ({ kind: 'account', newId: `000-${String(6000 + n).slice(-4)}-00`, set: { number: `000-${String(6000 + n).slice(-4)}-00`, name: `Ann ${n}`, class: 'expense' } })) },
  ],
} satisfies Record<string, Write[]>;
