import { type Json } from '../expressions/sequence';
import { type Scope } from './state';

/** Parses `a.b`, `$x.c`, `` `a.b` ``: names from the outside in. */
export function targetNames(path: string): string[] {
  return [...path.matchAll(/`([^`]+)`|([^.`]+)/g)].map((m) => m[1] ?? m[2] ?? '');
}
export const isNamedValue = (path: string): boolean => path.startsWith('$');
/** Named values without the `$`, as expressions see them. */
const bare = (name: string): string => (name.startsWith('$') ? name.slice(1) : name);

export type Target = { path: string; names: string[]; has(scope: Scope): boolean; get(scope: Scope): Json; set(scope: Scope, value: Json): void };

const own = Object.prototype.hasOwnProperty;
type Holder = Record<string, Json>;

/** Reading and writing one place of the target, or one named value, compiled once. Objects on the way are made when needed. */
export function compileTarget(path: string): Target {
  const names = targetNames(path);
  const inVars = isNamedValue(path);
  const keys = inVars ? [bare(names[0] ?? ''), ...names.slice(1)] : names;
  const last = keys[keys.length - 1] ?? '';
  const root = keys[0] ?? '';
  const rootOf = (scope: Scope): Holder => (inVars ? (scope.named ??= {}) : scope.row);
  /** Expressions read a named value among all others. */
  const seen = (scope: Scope): void => { if (inVars) scope.vars[root] = scope.named?.[root]; };
  if (keys.length === 1) {
    return {
      path, names: keys,
      has: (scope) => own.call(rootOf(scope), last) && rootOf(scope)[last] !== undefined,
      get: (scope) => (own.call(rootOf(scope), last) ? rootOf(scope)[last] : undefined),
      set: (scope, value) => { rootOf(scope)[last] = value; seen(scope); },
    };
  }
  const holder = (scope: Scope): Holder | undefined => {
    let at: Holder = rootOf(scope);
    for (let i = 0; i < keys.length - 1; i += 1) {
      const key = keys[i] as string;
      const next = own.call(at, key) ? at[key] : undefined;
      if (typeof next !== 'object' || next === null) return undefined;
      at = next as Holder;
    }
    return at;
  };
  const made = (scope: Scope): Holder => {
    let at: Holder = rootOf(scope);
    for (let i = 0; i < keys.length - 1; i += 1) {
      const key = keys[i] as string;
      const next = own.call(at, key) ? at[key] : undefined;
      if (typeof next === 'object' && next !== null) at = next as Holder;
      else { const fresh: Holder = {}; at[key] = fresh; at = fresh; }
    }
    return at;
  };
  return {
    path, names: keys,
    has: (scope) => { const at = holder(scope); return at !== undefined && own.call(at, last) && at[last] !== undefined; },
    get: (scope) => { const at = holder(scope); return at && own.call(at, last) ? at[last] : undefined; },
    set: (scope, value) => { made(scope)[last] = value; seen(scope); },
  };
}
