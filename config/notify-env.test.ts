import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePair, type Pair } from '../mapping/pair';
import { readNotifyEnv } from './notify-env';

const demo = JSON.parse(readFileSync(join(__dirname, 'pairs/demo.json'), 'utf8')) as object;
const pair = (notify?: object): Pair => parsePair({ ...demo, ...(notify ? { notify } : {}) });
const secret = `whsec_${Buffer.from('sixteen bytes or more').toString('base64')}`;

describe('how people are told', () => {
  it('is asked of no pair that does not want it', () => { expect(readNotifyEnv([pair()], { NOTIFY_WEBHOOK_URL: 'nonsense' }).size).toBe(0); });
  it('is read for all pairs, or for one by its id', () => {
    expect(readNotifyEnv([pair({})], { NOTIFY_WEBHOOK_URL: 'https://a.example/x', NOTIFY_WEBHOOK_SECRET: secret, NOTIFY_WEBHOOK_URL__DEMO: 'https://b.example/y' }).get('demo')).toEqual({ webhook: { url: 'https://b.example/y', secret, timeoutMs: 10_000 } });
    expect(readNotifyEnv([pair({ mail: { from: 't@example.org' } })], { NOTIFY_MAIL_DIR: tmpdir() }).get('demo')).toEqual({ mailFolder: tmpdir() });
  });
  it.each([
    [{}, {}, /has no way/], [{}, { NOTIFY_WEBHOOK_URL: 'https://a.example' }, /NOTIFY_WEBHOOK_SECRET is not set/], [{}, { NOTIFY_WEBHOOK_URL: 'https://a.example', NOTIFY_WEBHOOK_SECRET: 'hunter2' }, /NOTIFY_WEBHOOK_SECRET has a value that does not fit/],
    [{}, { NOTIFY_MAIL_DIR: '/nowhere' }, /NOTIFY_MAIL_DIR is "\/nowhere": no such folder/], [{}, { NOTIFY_MAIL_DIR: tmpdir() }, /says no notify\.mail/], [{}, { NOTIFY_WEBHOOK_URL__DEMO: 'http://169.254.169.254/', NOTIFY_WEBHOOK_SECRET: secret }, /NOTIFY_WEBHOOK_URL__DEMO .*metadata/],
  ] as [object, NodeJS.ProcessEnv, RegExp][])('names what is wrong: %#', (notify, env, words) => {
    expect(() => readNotifyEnv([pair(notify)], env)).toThrow(words);
    try { readNotifyEnv([pair(notify)], env); } catch (error) { expect(String(error)).not.toContain('hunter2'); }
  });
});
