import tseslint from 'typescript-eslint';

/** What the workflow sandbox cannot have: Node built-ins, zod, connectors, the store, the clock's locale and eval. */
const workflowFence = {
  files: ['workflows/**/*.ts', 'temporal/failure-converter.ts'],
  ignores: ['workflows/**/*.test.ts'],
  rules: {
    'no-restricted-imports': ['error', { patterns: [
      { group: ['node:*', 'fs', 'path', 'crypto', 'http', 'https', 'os', 'zod', 'zod/*', 'jsonata', 'kysely', 'pg', 'pino', 'express', 'soap', 'xero-node'], message: 'Workflows know words, not hands: call an activity.' },
      { group: ['**/connectors/**', '**/store/**', '**/api/**', '**/worker/**', '**/config/**', '**/sandbox/**'], message: 'Workflows import contract and canonical types only.' },
    ] }],
    'no-restricted-globals': ['error', 'Intl', 'process', 'Buffer', 'fetch', 'crypto', 'structuredClone', 'setInterval', 'Temporal'],
    'no-restricted-properties': ['error',
      { property: 'toLocaleString', message: 'Depends on the ICU of the Node build: format in an activity.' },
      { property: 'localeCompare', message: 'Depends on the ICU of the Node build: compare code units.' },
      { property: 'toLocaleDateString', message: 'Depends on the ICU of the Node build: format in an activity.' }],
    'no-new-func': 'error',
    'no-eval': 'error',
  },
};

export default tseslint.config(
  { ignores: ['node_modules/**', 'dist/**', '.cache/**', '.tieout/**', 'coverage/**'] },
  { files: ['**/*.ts'], extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      eqeqeq: 'error',
      'no-console': 'error',
    } },
  { files: ['**/*.test.ts', 'test/**/*.ts', 'bench/**/*.ts', 'cli/**/*.ts'], rules: { 'no-console': 'off', 'max-params': 'off' } },
  { files: ['config/**/*.ts', 'worker/**/*.ts', 'cli/**/*.ts', 'api/main.ts', 'sandbox/main.ts', 'test/**/*.ts', 'bench/**/*.ts', '**/*.test.ts'], rules: {} },
  { files: ['canonical/**/*.ts', 'mapping/**/*.ts', 'connectors/**/*.ts', 'store/**/*.ts', 'temporal/**/*.ts', 'activities/**/*.ts', 'api/**/*.ts', 'sandbox/**/*.ts'],
    ignores: ['**/*.test.ts', 'api/main.ts', 'sandbox/main.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'The environment is read in config/ only.' }] } },
  // Express tells an error handler by its four parameters.
  { files: ['api/problem.ts'], rules: { 'max-params': ['error', 4] } },
  workflowFence,
);
