/** The room law: imports go down, never up. Type-only imports of the contract are free. */
const rooms = {
  canonical: [],
  mapping: ['canonical'],
  temporal: ['canonical'],
  store: ['canonical'],
  activities: ['canonical', 'mapping', 'store', 'connectors'],
  workflows: [],
};
const others = (room, allowed) => {
  const all = ['canonical', 'mapping', 'connectors', 'store', 'temporal', 'activities', 'workflows', 'worker', 'api', 'cli', 'sandbox', 'config', 'bench'];
  return all.filter((r) => r !== room && !allowed.includes(r));
};
const law = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-imports-down`, severity: 'error', comment: 'docs/architecture.md, "The rooms"',
  from: { path: `^${room}/`, pathNot: '\\.test\\.ts$' },
  to: { path: `^(${others(room, allowed).join('|')})/`, dependencyTypesNot: ['type-only'],
    ...(room === 'activities' ? { pathNot: '^workflows/names\\.ts$' } : {}) },
}));
const only = (room, allowed) => ({ name: `${room}-packages`, severity: 'error', from: { path: `^${room}/`, pathNot: '\\.test\\.ts$' },
  to: { dependencyTypes: ['npm'], pathNot: allowed, dependencyTypesNot: ['type-only'] } });

module.exports = {
  forbidden: [
    ...law,
    only('canonical', 'node_modules/(zod|decimal\\.js)/'),
    only('mapping', 'node_modules/(zod|decimal\\.js|jsonata)/'),
    only('temporal', 'node_modules/@temporalio/(common|proto)/'),
    only('workflows', 'node_modules/@temporalio/(workflow|common)/'),
    { name: 'workflows-know-types-of-canonical-only', severity: 'error',
      from: { path: '^workflows/', pathNot: '\\.test\\.ts$' }, to: { path: '^canonical/', dependencyTypesNot: ['type-only'] } },
    // What stands beside the folders is common to all: the interface of a source, lossless JSON, cents, OAuth 1.0a.
    { name: 'connectors-do-not-know-each-other', severity: 'error',
      from: { path: '^connectors/([^/]+)/', pathNot: '\\.test\\.ts$' }, to: { path: '^connectors/', pathNot: '^connectors/($1/|[a-z0-9-]+\\.ts$)', dependencyTypesNot: ['type-only'] } },
    { name: 'connectors-import-canonical', severity: 'error',
      from: { path: '^connectors/', pathNot: '\\.test\\.ts$' }, to: { path: '^(mapping|store|temporal|activities|workflows|worker|api|cli|sandbox|config|bench)/', dependencyTypesNot: ['type-only'] } },
    { name: 'connectors-know-no-temporal', severity: 'error', from: { path: '^connectors/|^store/' }, to: { path: 'node_modules/@temporalio/' } },
    { name: 'api-reception', severity: 'error', from: { path: '^api/', pathNot: '(^api/main\\.ts|\\.test\\.ts)$' },
      to: { path: '^(activities|worker|sandbox|cli|bench|config|workflows|connectors)/', pathNot: '^workflows/(names|messages|start-order)\\.ts$|^connectors/[^/]+/(webhook|oauth)\\.ts$', dependencyTypesNot: ['type-only'] } },
    { name: 'sandbox-knows-no-mapper', severity: 'error', from: { path: '^sandbox/', pathNot: '(^sandbox/main\\.ts|\\.test\\.ts)$' },
      to: { path: '^(canonical|mapping|store|temporal|activities|workflows|worker|api|cli|config|bench|connectors)/', pathNot: '^connectors/[^/]+/wire\\.ts$' } },
    { name: 'worker-builds-no-api', severity: 'error', from: { path: '^worker/' }, to: { path: '^(api|sandbox|bench)/' } },
    { name: 'roots-alone-read-config', severity: 'error', from: { pathNot: '^(worker/|api/main|sandbox/main|cli/|config/|test/|bench/)|\\.test\\.ts$' }, to: { path: '^config/' } },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
  ],
  options: { tsPreCompilationDeps: 'specify', tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' }, exclude: { path: '^(dist|node_modules|\\.cache)/' } },
};
