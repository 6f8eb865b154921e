import { done, failed, type Failure, type Outcome } from '../canonical/failure';
import { standardCatalogue } from '../mapping/catalogue/standard';
import { parseMapping } from '../mapping/document/document';
import { shippedMappings } from '../mapping/documents/shipped';
import { compileMapping, type CompiledMapping } from '../mapping/engine/compile';
import { type MappingStore } from '../store/mapping-types';

/** Name of a mapping document → the version that a run works with, to its end. */
export type MappingPins = Record<string, number>;

/** The mapping documents of this installation, compiled: a pair's own versions, else what ships. */
export type MappingBook = {
  /** The version asked for, else the one that works now. Failure `mapping-invalid`: there is none, or it cannot be used. */
  get(pairId: string, name: string, version?: number): Promise<Outcome<CompiledMapping>>;
  /** These documents, each with the version pinned or, where none is, the one that works now. */
  pin(pairId: string, names: readonly string[], pinned?: MappingPins): Promise<MappingPins>;
};

/** Compiled documents kept at a time; one takes some hundred KiB. */
const keptMax = 200;

const missing = (name: string, version: number | undefined): Failure => ({
  code: 'mapping-invalid', document: name, field: 'version', ...(version === undefined ? {} : { value: String(version) }), message: `There is no mapping document "${name}"${version === undefined ? '' : ` version ${version}`}.`,
  fix: 'Bring one in and publish it (npm run mapping -- import), then retry with it.',
});

/** `keepMs`: how long the pair's published versions are known without asking; a version itself never changes. */
export function createMappingBook(store: Pick<MappingStore, 'get' | 'published' | 'keepShipped'>, keepMs = 2_000, now: () => number = Date.now): MappingBook {
  const working = new Map<string, { versions: Promise<MappingPins>; until: number }>();
  const kept = new Map<string, Promise<number>>();
  const compiled = new Map<string, Promise<Outcome<CompiledMapping>>>();

  const publishedOf = (pairId: string): Promise<MappingPins> => {
    const known = working.get(pairId);
    if (known && known.until > now()) return known.versions;
    const versions = store.published(pairId);
    working.set(pairId, { versions, until: now() + keepMs });
    versions.catch(() => working.delete(pairId));
    return versions;
  };
  /** What ships is kept as a version of the pair when it is first used: a later release ships another one, and this run works with it to its end. */
  const shippedVersion = (pairId: string, name: string): Promise<number> | undefined => {
    const document = shippedMappings().get(name);
    if (!document) return undefined;
    const key = `${pairId}/${name}`;
    const version = kept.get(key) ?? store.keepShipped({ pairId, name, document });
    kept.set(key, version);
    version.catch(() => kept.delete(key));
    return version;
  };
  const pin: MappingBook['pin'] = async (pairId, names, pinned = {}) => {
    const published = await publishedOf(pairId);
    const versions = await Promise.all(names.map(async (name) => [name, pinned[name] ?? published[name] ?? await shippedVersion(pairId, name)] as const));
    return Object.fromEntries(versions.flatMap(([name, version]) => (version === undefined ? [] : [[name, version]])));
  };
  const read = async (pairId: string, name: string, version: number): Promise<Outcome<CompiledMapping>> => {
    const own = await store.get(pairId, name, version);
    const shipped = shippedMappings().get(name);
    // Releases before this one kept no copy of what they shipped; what ships now writes the same for a pair that names none of its new settings.
    const document = own ? parseMapping(own.document) : shipped !== undefined && version <= shipped.version ? done(shipped) : failed(missing(name, version));
    return document.ok ? compileMapping(document.value, standardCatalogue()) : document;
  };
  return {
    pin,
    async get(pairId, name, wanted) {
      const version = wanted ?? (await pin(pairId, [name]))[name];
      if (version === undefined) return failed(missing(name, undefined));
      const key = `${pairId}/${name}/${version}`;
      const known = compiled.get(key);
      if (known) return known;
      const fresh = read(pairId, name, version);
      if (compiled.size >= keptMax) compiled.delete(compiled.keys().next().value ?? '');
      compiled.set(key, fresh);
      // What could not be read or is not there may be there in a moment.
      fresh.then((made) => { if (!made.ok) compiled.delete(key); }, () => compiled.delete(key));
      return fresh;
    },
  };
}
