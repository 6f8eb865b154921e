import { stringify } from 'lossless-json';
import { done, failed } from '../../canonical/failure';
import { notJson, readText } from '../http-read';
import { parseLossless, record } from '../lossless';
import { type SourceClient, type SourceSetup } from '../source';
import { identifyGeneric } from './webhook';

/** `{orderId}`, `{since}` and `{limit}` in the addresses are filled in. `listPath` leads to the array in the answer; absent: the answer is the array. */
export type GenericSettings = { readUrl: string; listUrl?: string | undefined; listPath?: string | undefined; token?: string | undefined; timeoutMs: number };

const fill = (template: string, values: Record<string, string>): string => template.replace(/\{(\w+)\}/g, (all, name: string) => (Object.hasOwn(values, name) ? encodeURIComponent(values[name] ?? '') : all));

/** A system of unknown make that can be asked for one order, and perhaps for what changed; without it the delivered bodies are the source. */
export function createGenericClient(settings: GenericSettings, setup: SourceSetup): SourceClient {
  const ask = { system: 'generic', timeoutMs: settings.timeoutMs, accessFix: 'Set a valid GENERIC_TOKEN.', headers: settings.token ? { Authorization: `Bearer ${settings.token}` } : ({} as Record<string, string>) };
  return {
    async readOrder(orderId) {
      const reply = await readText(fill(settings.readUrl, { orderId }), ask);
      if (!reply.ok || reply.value === undefined) return reply.ok ? done(undefined) : reply;
      return identifyGeneric(reply.value.text, setup).orderId === undefined ? failed(notJson('generic')) : done({ orderText: reply.value.text });
    },
    async listSince({ since }, limit) {
      if (settings.listUrl === undefined) return done({ orderTexts: [] });
      const reply = await readText(fill(settings.listUrl, { since, limit: String(limit) }), ask);
      if (!reply.ok) return reply;
      const body = parseLossless(reply.value?.text ?? '[]');
      const rows = settings.listPath === undefined ? body : settings.listPath.split('.').reduce<unknown>((value, key) => record(value)[key], body);
      if (!Array.isArray(rows)) return failed(notJson('generic'));
      const orderTexts = rows.map((o) => stringify(o) ?? '{}');
      const last = identifyGeneric(orderTexts[orderTexts.length - 1] ?? '', setup).version;
      if (orderTexts.length < limit) return done({ orderTexts });
      return done({ orderTexts, ...(last !== undefined && last > since ? { next: { since: last } } : { stuck: true }) });
    },
  };
}
