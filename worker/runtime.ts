import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { type Logger } from 'pino';

/** Temporal's own log lines go through ours; Tieout owns the order of shutting down. Once per process, before anything else of the SDK. */
export function installRuntime(log: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const at = level === 'ERROR' ? 'error' : level === 'WARN' ? 'warn' : 'info';
      log[at]({ ...meta }, message);
    }),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} } },
    shutdownSignals: [],
  });
}

/** Where Temporal is: the SDK's own environment variables, so that a laptop, a cluster and Temporal Cloud differ by environment alone. */
export function temporalAddress(): { namespace: string; options: ReturnType<typeof loadClientConnectConfig>['connectionOptions'] } {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return { namespace: namespace ?? 'default', options: connectionOptions };
}

/** What goes without TLS goes within one machine or room, where packing costs both ends more than the bytes it saves; encrypted payloads do not get smaller anyway. */
export async function connectWorker(): Promise<{ connection: NativeConnection; namespace: string }> {
  const { namespace, options } = temporalAddress();
  return { connection: await NativeConnection.connect({ ...options, ...(options.tls ? {} : { grpcCompression: { codec: 'none' as const } }) }), namespace };
}

/** Runs until a signal comes; then stops in order, each step bounded. */
export function onStop(stop: () => Promise<void> | void): void {
  let stopping = false;
  const begin = (): void => {
    if (stopping) return;
    stopping = true;
    void Promise.resolve(stop()).catch(() => { process.exitCode = 1; });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, begin);
  process.on('disconnect', begin);
}
