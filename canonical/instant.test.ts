import { isVersion } from './instant';

const now = Date.parse('2026-11-25T10:00:00Z');

it.each([
  ['2026-11-25T09:59:59.000Z', true], ['1970-01-01T00:00:00Z', true], ['2026-11-26T10:00:00.000Z', true], ['2026-11-26T10:00:00.001Z', false], ['2099-01-01T00:00:00Z', false], ['+275760-09-13T00:00:00.000Z', false], ['-000001-01-01T00:00:00.000Z', false],
  ['1969-12-31T23:59:59Z', false], ['yesterday', false], ['', false], ['2026-13-01T00:00:00Z', false],
])('%s as a version: %s', (text, believed) => { expect(isVersion(text, now)).toBe(believed); });
