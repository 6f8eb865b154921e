import { Client, Connection } from '@temporalio/client';
import { type Up } from '../cli/processes';
import { dataConverterOf } from '../temporal/data-converter';

/** A client of the Temporal server of an installation. */
export async function connectClient({ addresses, env }: Up): Promise<Client> {
  return new Client({ connection: await Connection.connect({ address: addresses.temporal }), namespace: env['TEMPORAL_NAMESPACE'] ?? 'default', dataConverter: dataConverterOf(env['TIEOUT_PAYLOAD_KEYS']) });
}
