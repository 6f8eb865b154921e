import { type Up } from './processes';

type Batch = { id: string; state: string; done: number; note?: string; totals: Record<string, { looked: number; issues: number }> };
type Stand = { kinds: { kind: string; linked: number }[]; questions: Record<string, number> };

const limitMs = 30_000;
const pollMs = 300;

async function call<T>(up: Up, path: string, body?: object): Promise<T> {
  const reply = await fetch(`${up.addresses.api}${path}`, { method: body ? 'POST' : 'GET', headers: { authorization: `Bearer ${up.env['TIEOUT_ADMIN_KEY'] ?? up.local.apiKeys.admin}`, 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
  return (await reply.json()) as T;
}

/** Brings the master data of the simulated ledgers in step, and says in one line what stands in both. Trouble here stops nothing. */
export async function syncMasters(up: Up, pairId: string, say: (line: string) => void): Promise<void> {
  try {
    const { id } = await call<Batch>(up, '/sync', { pairId, mode: 'changes' });
    for (const end = Date.now() + limitMs; Date.now() < end; await new Promise((wake) => setTimeout(wake, pollMs))) if ((await call<Batch>(up, `/sync/${id}`)).state !== 'running') break;
    const { kinds, questions } = await call<Stand>(up, `/sync/stand?pairId=${encodeURIComponent(pairId)}`);
    const open = Object.values(questions).reduce((a, b) => a + b, 0);
    say(`master data in step: ${kinds.map((k) => `${k.linked} ${k.kind}${k.linked === 1 ? '' : 's'}`).join(', ')}${open > 0 ? `; ${open} to decide (npm run tieout -- sync conflicts)` : ''}`);
  } catch (error) { say(`master data was not brought in step: ${error instanceof Error ? error.message : ''}`); }
}
