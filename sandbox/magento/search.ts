import { parse } from 'lossless-json';
import { type Json, plain, record } from '../kit/json-body';
import { type Stored } from './books';

type Filter = { field: string; value: string; condition: string };
export type Criteria = { groups: Filter[][]; sort: { field: string; descending: boolean }[]; pageSize?: number; currentPage: number };

const conditions = ['eq', 'neq', 'gt', 'gteq', 'lt', 'lteq', 'from', 'to', 'in', 'nin', 'like', 'null', 'notnull'];
/** Both spellings of a name are understood: `filter_groups` and `filterGroups`. */
const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** `searchCriteria[filter_groups][0][filters][0][field]=…` → what is asked for; a text is the complaint. */
export function readCriteria(query: URLSearchParams): Criteria | string {
  const filters = new Map<string, Map<string, Partial<Filter>>>();
  const sorts = new Map<string, { field?: string; direction?: string }>();
  const criteria: Criteria = { groups: [], sort: [], currentPage: 1 };
  let any = false;
  for (const [key, value] of query) {
    const path = /^(searchCriteria|search_criteria)((?:\[[^\]]*\])*)$/.exec(key)?.[2];
    if (path === undefined) continue;
    any = true;
    const [what = '', first = '', second = '', third = '', fourth = ''] = [...path.matchAll(/\[([^\]]*)\]/g)].map((m) => snake(m[1] ?? ''));
    if (what === 'filter_groups' && second === 'filters') {
      const group = filters.get(first) ?? new Map<string, Partial<Filter>>();
      group.set(third, { ...group.get(third), [fourth === 'condition_type' ? 'condition' : fourth]: value });
      filters.set(first, group);
    } else if (what === 'sort_orders') sorts.set(first, { ...sorts.get(first), [second]: value });
    else if (what === 'page_size') criteria.pageSize = Number(value);
    else if (what === 'current_page') criteria.currentPage = Number(value);
  }
  if (!any) return '"%fieldName" is required. Enter and try again.';
  criteria.groups = [...filters.values()].map((g) => [...g.values()].map((f) => ({ field: f.field ?? '', value: f.value ?? '', condition: f.condition ?? 'eq' })));
  criteria.sort = [...sorts.values()].map((s) => ({ field: s.field ?? '', descending: (s.direction ?? 'DESC').toUpperCase() !== 'ASC' }));
  const wrong = criteria.groups.flat().find((f) => !conditions.includes(f.condition));
  return wrong ? `Invalid condition type: ${wrong.condition}` : criteria;
}

const numeric = (a: string, b: string): boolean => [a, b].every((t) => /^-?\d+(\.\d+)?$/.test(t));
const compare = (a: string, b: string): number => (numeric(a, b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0);

function fits(body: Json, { field, value, condition }: Filter): boolean {
  const own = plain(body[field]);
  if (condition === 'null') return own === undefined;
  if (condition === 'notnull') return own !== undefined;
  if (own === undefined) return false;
  switch (condition) {
    case 'eq': return own === value;
    case 'neq': return own !== value;
    case 'gt': return compare(own, value) > 0;
    case 'gteq': case 'from': return compare(own, value) >= 0;
    case 'lt': return compare(own, value) < 0;
    case 'lteq': case 'to': return compare(own, value) <= 0;
    case 'in': return value.split(',').includes(own);
    case 'nin': return !value.split(',').includes(own);
    default: return own.toLowerCase().includes(value.replaceAll('%', '').toLowerCase());
  }
}

/** Groups are joined by AND, the filters of one group by OR. A page past the end is the last page again; without a page size everything comes. */
export function search(rows: readonly Stored[], criteria: Criteria): { texts: string[]; total: number } {
  const found = rows.map((row) => ({ row, body: record(parse(row.text)) })).filter(({ body }) => criteria.groups.every((group) => group.some((f) => fits(body, f))));
  found.sort((a, b) => criteria.sort.map(({ field, descending }) => compare(plain(a.body[field]) ?? '', plain(b.body[field]) ?? '') * (descending ? -1 : 1)).find((c) => c !== 0) ?? 0);
  const size = criteria.pageSize ?? found.length;
  const last = Math.max(1, Math.ceil(found.length / Math.max(1, size)));
  const page = Math.min(Math.max(1, criteria.currentPage), last);
  return { texts: found.slice((page - 1) * size, page * size).map(({ row }) => row.text), total: found.length };
}
