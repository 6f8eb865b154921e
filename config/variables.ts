import { z } from 'zod';
import { metadataHosts } from './outside-url';

/** Commas separate; blanks fall away. */
export const list = z.string().default('').transform((v) => v.split(',').map((s) => s.trim()).filter((s) => s !== ''));
export const milliseconds = (byDefault: number): z.ZodDefault<z.ZodCoercedNumber> => z.coerce.number().int().min(100).max(600_000).default(byDefault);

/** Values of these are never shown, not even in a complaint. */
const secretName = /SECRET|PASSWORD|TOKEN|KEYS?(__|$)|DATABASE_URL|CONNECTION_STRING/;
/** An address with a user in it may hold a password. */
const isSecret = (name: string, value: string): boolean => secretName.test(name) || (/_URL(__|$)/.test(name) && value.includes('@'));

/** Variables against their shape, every mistake told with name and fix; `shown` is the name under which a value was found. */
export function parseVariables<S extends z.ZodRawShape>(shape: S, env: NodeJS.ProcessEnv, shown: (name: string) => string = (name) => name): { ok: true; values: z.infer<z.ZodObject<S>> } | { ok: false; mistakes: string[] } {
  const given = Object.fromEntries(Object.entries(env).filter(([, v]) => v !== undefined && v !== ''));
  const parsed = z.object(shape).safeParse(given);
  const inward = parsed.success && given['TIEOUT_ALLOW_LINK_LOCAL'] !== 'true' ? metadataHosts(parsed.data, Object.keys(shape).filter((name) => /_URL$/.test(name))) : [];
  if (parsed.success && inward.length === 0) return { ok: true, values: parsed.data };
  const mistakes = parsed.success ? inward.map((name) => `  ${shown(name)} is "${given[name] ?? ''}": link-local and metadata hosts are not called, they hand out credentials; set TIEOUT_ALLOW_LINK_LOCAL=true if this is really meant`) : parsed.error.issues.map((i) => {
    const name = i.path.join('.');
    const value = given[name];
    return `  ${shown(name)}${value === undefined ? ' is not set' : isSecret(name, value) ? ' has a value that does not fit' : ` is "${value}"`}: ${i.message}`;
  });
  return { ok: false, mistakes };
}
