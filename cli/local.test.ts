import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseKeyRing } from '../temporal/key-ring';
import { readLocal } from './local';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'tieout-local-'));

describe('secrets of a local installation', () => {
  it('are made once, fit, and are readable by their owner only', () => {
    const data = fresh();
    const made = readLocal(data);
    expect(readLocal(data)).toEqual(made);
    expect(parseKeyRing(made.payloadKeys).current.id).toBe('k1');
    expect(made.payloadKeys).not.toBe(made.secretKeys);
    expect([statSync(join(data, 'local.json')).mode & 0o777, readdirSync(data)]).toEqual([0o600, ['local.json']]);
  });
  it('get a payload key where an older installation has none, and lose nothing', () => {
    const data = fresh();
    const { payloadKeys: _none, ...older } = readLocal(data);
    writeFileSync(join(data, 'local.json'), JSON.stringify(older));
    const now = readLocal(data);
    expect(now).toEqual({ ...older, payloadKeys: expect.stringMatching(/^k1:/) });
    expect(JSON.parse(readFileSync(join(data, 'local.json'), 'utf8'))).toEqual(now);
  });
});
