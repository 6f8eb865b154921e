/**
 * How every program is run. V8 left alone lets a young generation of three times 16 MiB and a heap of four times what is alive stand, and gives neither
 * back while nothing happens: most of a program's memory at rest was garbage. docker-compose.yml and the Dockerfile say the same (docs/performance.md).
 */
export const nodeFlags = ['--enable-source-maps', '--max-semi-space-size=4', '--heap-growing-percent=40'] as const;
