import { parsePair } from '../mapping/pair';
import { readPairFiles } from './pairs';

const [demo, all] = ['demo', 'all-shops'].map((name) => `${__dirname}/pairs/${name}.json`).map((file) => readPairFiles([file])[0] as { sources: { kind: string }[]; gateways: Record<string, object>; name: string });

it('the pair of every kind of shop is the demo pair with more sources and their gateways, and nothing else', () => {
  const rest = ({ name: _name, sources: _sources, gateways: _gateways, ...more }: object & { name?: unknown; sources?: unknown; gateways?: unknown }): object => more;
  expect(rest(all ?? {})).toEqual(rest(demo ?? {}));
  expect(all?.sources.map((s) => s.kind)).toEqual(['shopify', 'woocommerce', 'magento', 'generic']);
  expect(all?.sources.slice(0, demo?.sources.length)).toEqual(demo?.sources);
  expect(all?.gateways).toMatchObject(demo?.gateways ?? {});
  expect(parsePair(all).sources).toHaveLength(4);
});
