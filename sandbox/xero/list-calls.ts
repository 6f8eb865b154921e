import { type Call, elements, type Result, writeAll } from './elements';
import { addCurrency, deleteOption, groupOf, regroup, renderGroup, renderOption, renderTaxRate, renderTracking, trackingOf, writeGroup, writeOption, writeTaxRate, writeTracking } from './lists';
import { type Organisation, type TaxRate } from './model';
import { parseWhere } from './query';
import { get, type Json, NotFoundError, textOf } from './refusal';
import { envelope } from './render';

const read = (name: string, rows: unknown[]): Result => ({ status: 200, body: envelope(name, rows) });
const clauseOf = (call: Call): string => (typeof call.query['where'] === 'string' ? call.query['where'] : '');
/** These lists take one record a call: whatever else is sent with it is not looked at. */
const one = (o: Organisation, name: string, more: { call: Call; write: (value: unknown) => Json }): Result => writeAll(o, name, { values: elements(more.call.body, name).slice(0, 1), summarize: true, write: more.write });

function taxRates(o: Organisation, call: Call): Result {
  if (call.method !== 'GET') return one(o, 'TaxRates', { call, write: (v) => renderTaxRate(writeTaxRate(o, v, call.method === 'PUT')) });
  const where = parseWhere<TaxRate>(clauseOf(call), (r, name) => ({ Name: r.name, TaxType: r.type, Status: r.status }[name]));
  return read('TaxRates', o.taxRates.values().filter((r) => where(r) && (call.path[1] === undefined || call.path[1] === r.type)).map(renderTaxRate));
}

function tracking(o: Organisation, call: Call): Result {
  const [, id, sub, optionId] = call.path;
  const all = call.query['includeArchived'] === 'true';
  if (id !== undefined && sub === 'Options') {
    const category = trackingOf(o, id);
    if (call.method === 'DELETE') return read('Options', [renderOption(deleteOption(o, category, optionId ?? ''))]);
    return one(o, 'Options', { call, write: (v) => renderOption(writeOption(o, category, { value: v, id: optionId })) });
  }
  if (call.method === 'GET') return read('TrackingCategories', (id === undefined ? o.tracking.values().filter((c) => all || c.status === 'ACTIVE') : [trackingOf(o, id)]).map((c) => renderTracking(c, all || id !== undefined)));
  return one(o, 'TrackingCategories', { call, write: (v) => renderTracking(writeTracking(o, v, id), true) });
}

function currencies(o: Organisation, call: Call): Result {
  if (call.method === 'GET') return read('Currencies', o.currencies.values().map((Code) => ({ Code, Description: Code })));
  return one(o, 'Currencies', { call, write: (v) => { const Code = addCurrency(o, v); return { Code, Description: textOf(v, 'Description') || Code }; } });
}

function groups(o: Organisation, call: Call): Result {
  const [, id, sub, contactId] = call.path;
  if (id === undefined) return call.method === 'GET' ? read('ContactGroups', o.groups.values().filter((g) => g.status === 'ACTIVE').map((g) => renderGroup(o, g, false))) : one(o, 'ContactGroups', { call, write: (v) => renderGroup(o, writeGroup(o, v), true) });
  if (sub === 'Contacts') {
    const contacts = get(call.body, 'Contacts');
    const change = call.method === 'PUT' ? { add: Array.isArray(contacts) ? contacts as unknown[] : [] } : call.method === 'DELETE' ? { remove: contactId ?? 'all' } : undefined;
    if (!change) throw new NotFoundError('Contacts');
    const group = o.disk.transaction(() => regroup(o, groupOf(o, id), change));
    return call.method === 'DELETE' ? { status: 204, body: {} } : read('Contacts', group.contacts.map((ContactID) => ({ ContactID })));
  }
  return call.method === 'GET' ? read('ContactGroups', [renderGroup(o, groupOf(o, id), true)]) : one(o, 'ContactGroups', { call, write: (v) => renderGroup(o, writeGroup(o, v, id), true) });
}

/** Tax rates, tracking categories, currencies and groups of contacts: path after /api.xro/2.0. */
export function listCalls(o: Organisation, call: Call): Result {
  switch (call.path[0]) {
    case 'TaxRates': return taxRates(o, call);
    case 'TrackingCategories': return tracking(o, call);
    case 'Currencies': return currencies(o, call);
    default: return groups(o, call);
  }
}
