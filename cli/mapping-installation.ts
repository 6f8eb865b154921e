import { resolve } from 'node:path';
import { createApi, findApi, type Api } from './api-client';
import { readDocument } from './mapping-files';
import { type MappingCommand, type MappingAsk } from './mapping-commands';
import { UsageError } from './options';
import { table } from './table';

type Version = { name: string; version: number; state: string };
type Given = MappingAsk & { api: Api; pair: string; reason: string };

/** The installation that is meant, the pair and the reason: said, or named as missing. */
function given(ask: MappingAsk): Given {
  const { flag, root } = ask;
  const need = (name: string, fix: string): string => { const value = flag(name)?.trim(); if (value) return value; throw new UsageError(`--${name} is missing. Fix: ${fix}.`); };
  const [pair, reason] = [need('pair', 'name the pair of books, such as --pair demo'), need('reason', 'say why; it is kept with the version')];
  return { ...ask, pair, reason, api: createApi(findApi({ url: flag('url'), key: flag('key'), role: flag('as'), data: resolve(flag('data') ?? resolve(root, '.tieout')) }, process.env)) };
}

const at = (pair: string, name: string): string => `/mappings/${encodeURIComponent(pair)}/${name}`;

function versionIn(text: string): { name: string; version: string } {
  const [, name, version] = /^([a-z][a-z0-9-]{2,80})@([1-9]\d{0,8})$/.exec(text) ?? [];
  if (name === undefined || version === undefined) throw new UsageError(`NAME@VERSION is "${text}". Fix: write the name of a document and its version, such as sales-order-to-gp-order@2.`);
  return { name, version };
}

const bring: MappingCommand = { usage: 'import FILE… --pair PAIR --reason TEXT', summary: 'brings documents into a running installation, each as a new draft of that pair', least: 1, most: 200, async run(ask) {
  // Every file is read before the first is brought: a mistake in the last leaves nothing half done.
  const documents = ask.args.map((file) => readDocument(file, ask.root));
  const { api, pair, reason } = given(ask);
  const drafts: Version[] = [];
  for (const document of documents) drafts.push(await api.post<Version>(`${at(pair, document.name)}/draft`, { document, reason }));
  return { json: { drafts }, text: `${table(['name', 'version', 'state'], drafts.map((d) => [d.name, d.version, d.state]))}\n\nNothing works with a draft yet: npm run mapping -- publish ${drafts[0]?.name ?? ''}@${drafts[0]?.version ?? ''} --pair ${pair} --reason TEXT`, exit: 0 };
} };

const change = (what: 'publish' | 'retire', words: { summary: string; done: string }): MappingCommand => ({ usage: `${what} NAME@VERSION --pair PAIR --reason TEXT`, summary: words.summary, least: 1, most: 1, async run(ask) {
  const { name, version } = versionIn(ask.args[0] ?? '');
  const { api, pair, reason } = given(ask);
  await api.post(`${at(pair, name)}/versions/${version}/${what}`, { reason });
  return { json: { name, version: Number(version), pair, done: what }, text: `${name} version ${version} of pair ${pair} ${words.done}`, exit: 0 };
} });

/** What `npm run mapping` does with a running installation. */
export const installationCommands: Record<string, MappingCommand> = {
  import: bring,
  publish: change('publish', { summary: 'puts a draft to work: checked and tested first; the one before is retired', done: 'works now for new orders; orders under way keep the version they were taken with.' }),
  retire: change('retire', { summary: 'takes a version out: the pair falls back to what ships', done: 'is retired; new orders are mapped by what ships.' }),
};
