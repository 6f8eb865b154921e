import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { type MasterRecord, type MasterWrite, type MasterWritten, overtaken } from '../../canonical/master';
import { foreignIdToGp } from './master-foreign-id';
import { type GpKind, gpKinds } from './master-kinds';
import { desiredOf } from './master-desired';
import { type MasterReadDeps, rowsByKey } from './master-reads';
import { type GpRow } from './master-row';
import { type SoapTransport } from './soap-transport';
import { type Look, writeOnce } from './write-once';

export type MasterHands = MasterReadDeps & { transport: SoapTransport };
type Found = { row: GpRow; record: MasterRecord };
type Act = { write: MasterWrite; kind: GpKind; id: string; hands: MasterHands };

const gone = ({ kind, id }: MasterWrite): Failure => ({
  code: 'document-missing', system: 'gp', document: id ?? '', message: `GP has no ${kind} "${id ?? ''}" any more; it may have been renamed or combined with another one.`, fix: `Look it up in GP and link the record to what stands for it now. It is never made anew by itself.`,
});
const taken = (id: string, record: MasterRecord): Failure => ({
  code: 'duplicate-conflict', system: 'gp', document: id, message: `GP already uses the number ${id} for another ${record.kind}, "${record.fields['name'] ?? ''}".`, fix: 'Link the two if they are one and the same; otherwise give the new one another number.',
});

async function find({ kind, id, hands }: Act): Promise<Outcome<Found | undefined>> {
  const rows = await rowsByKey(kind, [id], hands);
  if (!rows.ok) return rows;
  for (const row of rows.value) {
    const record = kind.toRecord(row, hands.codes);
    if (!record.ok) return record;
    if (record.value.id === id) return done({ row, record: record.value });
  }
  return done(undefined);
}

/** A record of ours under another number: it carries the other side's id. */
async function findForeign(write: MasterWrite, kind: GpKind, hands: MasterHands): Promise<Outcome<string | undefined>> {
  const foreign = write.foreignId === undefined || !kind.foreign ? undefined : foreignIdToGp(write.foreignId);
  if (foreign === undefined) return done(undefined);
  const rows = await hands.reader.readIn({ type: kind.type, column: 'INTEGRATIONID', values: [foreign] }, kind.shape);
  if (!rows.ok) return rows;
  const first = rows.value[0];
  const record = first ? kind.toRecord(first, hands.codes) : undefined;
  return record === undefined ? done(undefined) : record.ok ? done(record.value.id) : record;
}

/** Is the record under our number ours? It carries the other side's id; where GP has no place for that, it has the name it was given. */
const isOurs = ({ write, kind }: Act, { record }: Found): boolean =>
  (kind.foreign && write.foreignId !== undefined ? record.foreignId === write.foreignId : ['name', 'code', 'number'].every((f) => { const wanted = desiredOf(write).fields[f]; return wanted === undefined || record.fields[f] === wanted; }));

/** Does it hold already what is to be written? */
function holdsAll({ write, kind }: Act, record: MasterRecord): boolean {
  if (write.state !== undefined && record.state !== write.state) return false;
  if (write.foreignId !== undefined && kind.foreign && foreignIdToGp(write.foreignId) !== undefined && record.foreignId !== write.foreignId) return false;
  return Object.entries(desiredOf(write).fields).every(([field, value]) => (record.fields[field] ?? '') === (value ?? ''));
}

async function send(act: Act, current: Found | undefined): Promise<Outcome<MasterWritten>> {
  const { write, kind, id, hands } = act;
  if (!kind.toEconnect) return failed({ code: 'document-rejected', system: 'gp', document: id, message: `eConnect takes no ${write.kind}: ${kind.unwritable ?? 'GP keeps it in a window only'}.`, fix: 'Enter it in GP by hand; it is seen there at the next look.' });
  const { xml, warnings } = kind.toEconnect(write, current?.row, { id, codes: hands.codes });
  const written = await writeOnce<true>({
    operation: 'CreateEntity', xml, document: id, guard: current ? 'state' : 'number', settle: (result) => (result.trim().toLowerCase() === 'true' ? true : undefined),
    look: async (): Promise<Outcome<Look<true>>> => {
      const there = await find(act);
      if (!there.ok) return there;
      if (!there.value) return done({ found: 'nothing' });
      if (current) return done(holdsAll(act, there.value.record) ? { found: 'ours', value: true } : { found: 'nothing' });
      return done(isOurs(act, there.value) ? { found: 'ours', value: true } : { found: 'other', what: `another ${write.kind}, "${there.value.record.fields['name'] ?? ''}"` });
    },
  }, hands.transport);
  if (!written.ok) return written;
  const after = await find(act);
  if (!after.ok) return after;
  if (!after.value) return failed(gone({ ...write, id }));
  const { record } = after.value;
  if (write.state !== undefined && record.state !== write.state) return failed({ code: 'document-rejected', system: 'gp', document: id, field: 'state', value: record.state, message: `GP keeps the ${write.kind} ${id} ${record.state}: eConnect cannot change that.`, fix: `Make it ${write.state} in GP by hand.` });
  return done({ record, existed: current !== undefined, warnings });
}

/**
 * One record, one eConnect document. It looks first: what stands there already as wanted is not written again, what is gone is never made anew, what
 * somebody changed since the plan is left as it is, and a number that another record has is a conflict. A lost reply leads to a look (see write-once.ts); the answer is what was read back.
 * Failures: `document-missing`, `duplicate-conflict`, `document-rejected`, `setup-missing` and others of GP, `outcome-unknown`, `system-unavailable`.
 */
export async function writeMaster(write: MasterWrite, hands: MasterHands): Promise<Outcome<MasterWritten>> {
  const kind = gpKinds[write.kind];
  const foreign = write.id === undefined ? await findForeign(write, kind, hands) : done(undefined);
  if (!foreign.ok) return foreign;
  const id = write.id ?? foreign.value ?? write.newId ?? '';
  if (id === '' || id.length > kind.lengthMax) return failed({ code: 'value-unusable', system: 'gp', field: kind.key, value: id, message: `A ${write.kind} cannot have the number "${id}" in GP.`, fix: `Give it a number of 1 to ${kind.lengthMax} characters.` });
  const act: Act = { write, kind, id, hands };
  const current = await find(act);
  if (!current.ok) return current;
  if (write.id !== undefined && !current.value) return failed(gone(write));
  if (write.id === undefined && current.value && foreign.value === undefined && !isOurs(act, current.value)) return failed(taken(id, current.value.record));
  if (current.value?.record.protected !== undefined) return failed({ code: 'document-rejected', system: 'gp', document: id, message: `GP's ${write.kind} ${id} is not written from outside: ${current.value.record.protected}.`, fix: 'Change it in GP by hand, or take it out of the synchronisation.' });
  if (current.value && holdsAll(act, current.value.record)) return done({ record: current.value.record, existed: true, warnings: desiredOf(write).warnings });
  if (current.value && overtaken(current.value.record, write, desiredOf(write).fields)) return done({ record: current.value.record, existed: true, warnings: [], overtaken: true });
  return send(act, current.value);
}
