import { type MasterLink } from '../store/master-types';
import { type Role } from '../store/types';
import { type ApiDeps } from './deps';
import { Problem } from './problem';
import { type Ask } from './route';
import { type z } from './schemas';
import { recordSubject } from './sync-questions';
import { type Link, SetLink, Unlink } from './sync-schemas';

/** A link as it is told: what both sides last agreed on holds personal data and stays here; of what is held only in part a viewer sees which fields. */
export const linkView = ({ pairId, kind, gpId, xeroId, updatedAt, held = [] }: MasterLink, role: Role): z.infer<typeof Link> => ({
  pairId, kind, gpId, xeroId, updatedAt, held: role === 'operator' || role === 'admin' ? held : held.map(({ field, label, system, how }) => ({ field, label, system, how })),
});

/** Puts two records together, or a record with another one than before; never one that stands for a third. On record, and compared at once. */
export async function setLink({ body, key }: Ask, deps: ApiDeps): Promise<z.infer<typeof Link>> {
  const { pairId, kind, gpId, xeroId, reason } = SetLink.parse(body);
  const { links, snapshot } = deps.store.master;
  const [gp, xero] = [{ system: 'gp' as const, id: gpId }, { system: 'xero' as const, id: xeroId }];
  const known = new Set((await snapshot.get(pairId, kind, [gp, xero])).map((r) => r.system));
  for (const { system, id } of [gp, xero]) if (!known.has(system)) throw new Problem(404, `There is no ${kind} "${id}" in ${system}`, { errors: [{ field: `${system}Id`, value: id, fix: `an id of ${system} as a sync has read it; start one when the record is new` }] });
  const standing = await links.find(pairId, kind, [gp, xero]);
  const other = standing.find((l) => l.xeroId === xeroId && l.gpId !== gpId);
  if (other) throw new Problem(409, `${xeroId} stands for ${other.gpId} in GP`, { detail: `Take that link away first: one record never stands for two.` });
  const before = standing.find((l) => l.gpId === gpId);
  const by = { who: key.name, reason };
  const made = before && before.xeroId !== xeroId ? await links.move(before, xero, by) : (await links.link({ pairId, kind, gpId, xeroId, ...by })).ok;
  const [link] = await links.find(pairId, kind, [gp]);
  if (!made || !link) throw new Problem(409, 'Another hand was quicker', { detail: 'Look at the link again.' });
  await deps.store.audit.add({ who: key.name, action: 'sync:set-link', subject: recordSubject({ pairId, kind, key: `gp/${gpId}` }), detail: { xeroId, ...(before ? { before: before.xeroId } : {}), reason } });
  await deps.sync.changed({ pairId, kind, key: `gp/${gpId}` }, gp);
  return linkView(link, key.role);
}

/** Takes two records apart; neither is touched in its ledger. */
export async function unlink({ body, key }: Ask, deps: ApiDeps): Promise<{ ok: true }> {
  const { pairId, kind, gpId, reason } = Unlink.parse(body);
  const [link] = await deps.store.master.links.find(pairId, kind, [{ system: 'gp', id: gpId }]);
  if (!link || !(await deps.store.master.links.unlink(link, { who: key.name, reason }))) throw new Problem(404, `"${gpId}" is linked to nothing`);
  await deps.store.audit.add({ who: key.name, action: 'sync:unlink', subject: recordSubject({ pairId, kind, key: `gp/${gpId}` }), detail: { xeroId: link.xeroId, reason } });
  return { ok: true };
}
