import { type MasterKind } from '../canonical/master';
import { readXeroDelivery } from '../connectors/xero/webhook';
import { parsePair } from '../mapping/pair';
import { keptKinds } from '../mapping/sync/rules';
import { type InboxRow } from '../store/types';
import { type ApiDeps } from './deps';

/** More records than this in one delivery are a change of many: one look at both sides settles them together. */
const eachMax = 10;
/** An event is our own echo when what we hold of the record is as new; Xero stamps record and event a moment apart. */
const echoMs = 200;

type Event = { resourceId: string; at: string };
type Told = { state: 'started' | 'ignored'; note: string };
const instantOf = (at: string): number => Date.parse(/[zZ]$|[+-]\d\d:?\d\d$/.test(at) ? at : `${at}Z`);

/**
 * Whether numbers are missing between this delivery and those before it: then something was never delivered. `passed` keeps the number once the
 * delivery was acted on, and not before: a delivery that has to be relayed again still finds the hole.
 */
async function numbersOf(row: InboxRow, sequence: { first: number; last: number } | undefined, { store }: ApiDeps): Promise<{ gap: boolean; passed(): Promise<void> }> {
  if (!sequence) return { gap: false, passed: async () => undefined };
  const name = `xero-events/${row.pairId}/${row.account}`;
  const last = Number(await store.watermarks.get(name) ?? sequence.first - 1);
  return { gap: sequence.first > last + 1, passed: async () => { if (sequence.last > last) await store.watermarks.set(name, String(sequence.last)); } };
}

type Change = { kind: MasterKind; key: string; id: string };

/** Which contacts changed by another hand than ours, as each kind the pair keeps: what we wrote ourselves is as new here as the event says. */
async function changesIn(row: InboxRow, events: readonly Event[], more: { kinds: MasterKind[]; deps: ApiDeps }): Promise<Change[]> {
  const { deps: { store: { master } }, kinds } = more;
  const { pairId } = row;
  const refs = events.map((e) => ({ system: 'xero' as const, id: e.resourceId }));
  const known = await Promise.all(kinds.map(async (kind) => ({ kind, links: new Map((await master.links.find(pairId, kind, refs)).map((l) => [l.xeroId, l.gpId])), versions: new Map((await master.snapshot.get(pairId, kind, refs)).map((r) => [r.id, r.version])) })));
  return events.flatMap(({ resourceId: id, at }) => {
    const linked = known.some((k) => k.links.has(id));
    return known.flatMap(({ kind, links, versions }): Change[] => {
      const gpId = links.get(id);
      const version = versions.get(id);
      if ((gpId === undefined && linked) || (version !== undefined && Date.parse(version) + echoMs >= instantOf(at))) return [];
      return [{ kind, key: gpId === undefined ? `xero/${id}` : `gp/${gpId}`, id }];
    });
  });
}

/**
 * What Xero's events mean for master data: each names a record that is read anew by its own run; many at once, or a hole in their numbers, are one
 * look at both sides. Other categories tell nothing that is not looked for anyway.
 */
export async function relayXeroEvents(row: InboxRow, rawBody: Buffer, deps: ApiDeps): Promise<Told> {
  const { events, sequence } = readXeroDelivery(rawBody);
  const configuration = await deps.store.pairs.get(row.pairId);
  const kinds = configuration === undefined ? [] : keptKinds(parsePair(configuration).sync).filter((k) => k === 'customer' || k === 'vendor');
  const contacts = [...new Map(events.filter((e) => e.category === 'CONTACT').map((e) => [e.resourceId, e])).values()];
  const { gap, passed } = await numbersOf(row, sequence, deps);
  if (kinds.length === 0) { await passed(); return { state: 'ignored', note: 'no master data of contacts is kept in step' }; }
  const changes = await changesIn(row, contacts, { kinds, deps });
  if (gap || changes.length > eachMax) {
    await deps.sync.sweep(row.pairId);
    await passed();
    return { state: 'started', note: gap ? 'events before these were never delivered: both sides are looked at' : `${changes.length} contacts changed: both sides are looked at` };
  }
  for (const { kind, key, id } of changes) await deps.sync.changed({ pairId: row.pairId, kind, key }, { system: 'xero', id });
  await passed();
  return changes.length > 0 ? { state: 'started', note: `${changes.length} told` } : { state: 'ignored', note: contacts.length > 0 ? 'our own change' : 'nothing is done on these events' };
}
