import { done, failed, type Outcome } from '../../canonical/failure';
import { type HttpReply, type SoapTransport } from './soap-transport';
import { writeOnce, type Look, type WritePlan } from './write-once';

const ok: HttpReply = { kind: 'reply', status: 200, body: '<E xmlns="q"/>'.replace('E xmlns="q"/', 'Envelope><Body><CreateTransactionEntityResponse><CreateTransactionEntityResult>mine</CreateTransactionEntityResult></CreateTransactionEntityResponse></Body></Envelope') };
const lost: HttpReply = { kind: 'lost', why: 'ECONNRESET' };
const fault = (number: number): HttpReply => ({ kind: 'reply', status: 500, body: `<Envelope><Body><Fault><detail><eConnectFault><Message>Error Number = ${number}  Stored Procedure= x  Error Description = y</Message></eConnectFault></detail></Fault></Body></Envelope>` });
const ours: Outcome<Look<string>> = done({ found: 'ours', value: 'found' });
const nothing: Outcome<Look<string>> = done({ found: 'nothing' });
const other: Outcome<Look<string>> = done({ found: 'other', what: 'an order of somebody' });
const blind: Outcome<Look<string>> = failed({ code: 'system-unavailable', message: 'm', fix: 'f' });

async function run(replies: HttpReply[], looks: Outcome<Look<string>>[], guard: WritePlan<string>['guard'] = 'number'): Promise<{ outcome: string; sent: number; looked: number }> {
  let sent = 0;
  let looked = 0;
  const transport: SoapTransport = { call: async () => replies[sent++] ?? lost, close: () => undefined };
  const out = await writeOnce<string>({ operation: 'CreateTransactionEntity', xml: '<x/>', document: 'WO1', guard, settle: (r) => (r === 'mine' ? 'written' : undefined), look: async () => looks[looked++] ?? blind }, transport);
  return { outcome: out.ok ? out.value : out.failure.code, sent, looked };
}

describe('writeOnce', () => {
  it.each([
    ['a clear answer needs no look', [ok], [], { outcome: 'written', sent: 1, looked: 0 }],
    ['a lost reply that was carried out is found', [lost], [ours], { outcome: 'found', sent: 1, looked: 1 }],
    ['a lost reply that was not is sent once more', [lost, ok], [nothing], { outcome: 'written', sent: 2, looked: 1 }],
    ['the second copy that meets the late first one is found', [lost, fault(2221)], [nothing, ours], { outcome: 'found', sent: 2, looked: 2 }],
    ['lost twice and absent twice is told, never sent a third time', [lost, lost], [nothing, nothing], { outcome: 'system-unavailable', sent: 2, looked: 2 }],
    ['lost and blind is an unknown outcome', [lost], [blind], { outcome: 'outcome-unknown', sent: 1, looked: 1 }],
    ['a duplicate that is ours is success', [fault(2221)], [ours], { outcome: 'found', sent: 1, looked: 1 }],
    ['a duplicate that is not ours is a conflict', [fault(2221)], [other], { outcome: 'duplicate-conflict', sent: 1, looked: 1 }],
    ['a duplicate that cannot be read is not sent again', [fault(190)], [nothing], { outcome: 'duplicate-conflict', sent: 1, looked: 1 }],
    ['a refusal is final', [fault(722)], [], { outcome: 'totals-do-not-add-up', sent: 1, looked: 0 }],
    ['what never left is told at once', [{ kind: 'not-sent', why: 'ECONNREFUSED' }], [], { outcome: 'system-unavailable', sent: 1, looked: 0 }],
  ] as const)('%s', async (...[, replies, looks, wanted]) => expect(await run([...replies], [...looks])).toEqual(wanted));
  it('what has no number of its own is not repeated in one call', async () => expect(await run([lost, ok], [nothing], 'look')).toEqual({ outcome: 'system-unavailable', sent: 1, looked: 1 }));
  it.each([
    ['a state that is refused because it is reached is success', [fault(722)], [ours], { outcome: 'found', sent: 1, looked: 1 }],
    ['a state that is refused and not reached stays refused, looked up or not', [fault(722)], [nothing], { outcome: 'totals-do-not-add-up', sent: 1, looked: 1 }],
    ['and when it cannot be looked up', [fault(722)], [blind], { outcome: 'totals-do-not-add-up', sent: 1, looked: 1 }],
  ] as const)('%s', async (...[, replies, looks, wanted]) => expect(await run([...replies], [...looks], 'state')).toEqual(wanted));
  it('a refusal is kept with what was sent and answered; what heals by itself is not', async () => {
    const told = async (reply: HttpReply): Promise<unknown> => {
      const outcome = await writeOnce<string>({ operation: 'CreateTransactionEntity', xml: '<order password="x"/>', document: 'WO1', guard: 'number', settle: () => undefined, look: async () => blind }, { call: async () => reply, close: () => undefined });
      return outcome.ok ? undefined : outcome.failure.evidence;
    };
    expect(await told(fault(722))).toEqual({ request: '<order password="***"/>', reply: expect.stringContaining('Error Number = 722') });
    expect(await told(lost)).toBeUndefined();
  });
  it('an answer about something else is no answer', async () => expect(await run([{ ...ok, body: ok.kind === 'reply' ? ok.body.replace('mine', 'yours') : '' } as HttpReply], [ours])).toEqual({ outcome: 'found', sent: 1, looked: 1 }));
});
