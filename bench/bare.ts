import { type Client } from '@temporalio/client';

export const bareQueue = 'bench-bare';
export const bareType = 'bareFive';

/** Starts under way at once, as many as our own relay has. */
const startsAtOnce = 50;

/** Starts so many bare workflows; nobody waits for their results, as nobody waits for an order's. */
export async function startBare(client: Client, count: number, round: string): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await client.workflow.start(bareType, { taskQueue: bareQueue, workflowId: `bench-bare/${round}/${n}` });
  };
  await Promise.all(Array.from({ length: Math.min(startsAtOnce, count) }, lane));
}
