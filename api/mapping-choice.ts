import { shippedMappings } from '../mapping/documents/shipped';
import { type MappingChoice } from '../workflows/messages';
import { type ApiDeps } from './deps';
import { Problem } from './problem';

/** Refuses a mapping that cannot be put to work on an order of this pair: only what is published, or ships, is applied. */
export async function checkChoice(pairId: string, choice: MappingChoice | undefined, { store }: Pick<ApiDeps, 'store'>): Promise<void> {
  if (choice === undefined || choice === 'latest') return;
  const { name, version } = choice;
  const own = await store.mappings.get(pairId, name, version);
  if (own?.state === 'published' || own?.state === 'shipped' || (!own && shippedMappings().get(name)?.version === version)) return;
  const detail = own ? `Version ${version} of "${name}" is ${own.state}.` : `Pair "${pairId}" has no version ${version} of "${name}".`;
  throw new Problem(409, 'This mapping version cannot be applied', { detail, errors: [{ field: 'mapping.version', value: String(version), fix: own?.state === 'draft' ? 'publish it first' : 'give a published version, or "latest"' }] });
}
