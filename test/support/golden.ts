import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { orderWorkflowId } from '../../workflows/names';
import { root } from './child';
import { plainHistory } from './plain-history';
import { type Stack } from './stack';

/** With UPDATE_GOLDEN=1 the last run of each of these orders (order → name of its history) joins the golden set that later workflows must still replay. */
export async function keepGolden({ addresses, dataConverter }: Stack, orders: Record<string, string>): Promise<void> {
  if (process.env['UPDATE_GOLDEN'] !== '1') return;
  const folder = join(root, 'workflows/histories');
  mkdirSync(folder, { recursive: true });
  const connection = await Connection.connect({ address: addresses.temporal });
  const { workflow } = new Client({ connection, dataConverter });
  for (const [orderId, name] of Object.entries(orders)) {
    const history = await workflow.getHandle(orderWorkflowId({ pairId: 'demo', sourceId: 'shopify', orderId })).fetchHistory();
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(await plainHistory(history, dataConverter)));
  }
  await connection.close();
}
