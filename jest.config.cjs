/** One swc configuration for every test; the SDK is CommonJS, so the output is too. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/canonical', '<rootDir>/mapping', '<rootDir>/connectors', '<rootDir>/store', '<rootDir>/temporal', '<rootDir>/activities',
    '<rootDir>/workflows', '<rootDir>/worker', '<rootDir>/api', '<rootDir>/cli', '<rootDir>/sandbox', '<rootDir>/config', '<rootDir>/bench', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }] },
  testTimeout: 30_000,
  maxWorkers: 2,
};
