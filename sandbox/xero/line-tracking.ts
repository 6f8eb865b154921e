import { type Line, type Organisation, type TrackingCategory } from './model';
import { get, PostDataError, textOf, ValidationError } from './refusal';

const trackingMax = 2;
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function categoryOf(o: Organisation, value: unknown): TrackingCategory {
  const [id, name] = [textOf(value, 'TrackingCategoryID'), textOf(value, 'Name')];
  const found = id !== '' ? o.tracking.get(id) : o.tracking.values().find((c) => c.status === 'ACTIVE' && same(c.name, name));
  if (found?.status !== 'ACTIVE') throw new ValidationError(`There is no ACTIVE tracking category with the name '${name || id}'`);
  return found;
}

/** Tracking of a line: two categories at most, each once, with an active option of its own; by id or by name. */
export function trackingOfLine(o: Organisation, value: unknown): Pick<Line, 'tracking'> {
  const list = get(value, 'Tracking');
  if (list === undefined || list === null) return {};
  if (!Array.isArray(list)) throw new PostDataError('Tracking of a line item is an array');
  if (list.length > trackingMax) throw new ValidationError('A maximum of 2 tracking categories can be assigned to a line item');
  const tracking = list.map((row: unknown) => {
    const category = categoryOf(o, row);
    const [id, name] = [textOf(row, 'TrackingOptionID'), textOf(row, 'Option')];
    const option = category.options.find((x) => x.status === 'ACTIVE' && (id !== '' ? x.id === id : same(x.name, name)));
    if (!option) throw new ValidationError(`The tracking option '${name || id}' does not exist for the tracking category '${category.name}'`);
    return { categoryId: category.id, optionId: option.id };
  });
  if (new Set(tracking.map((t) => t.categoryId)).size !== tracking.length) throw new ValidationError('A tracking category can be assigned to a line item once only');
  return tracking.length > 0 ? { tracking } : {};
}

/** As it is given back: names and ids of category and option. */
export const renderLineTracking = (o: Organisation, { tracking = [] }: Line): Record<string, string>[] => tracking.map(({ categoryId, optionId }) => {
  const category = o.tracking.get(categoryId);
  return { Name: category?.name ?? '', Option: category?.options.find((x) => x.id === optionId)?.name ?? '', TrackingCategoryID: categoryId, TrackingOptionID: optionId };
});
