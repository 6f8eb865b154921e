import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { DeskActivities, FeedActivities, GpActivities, XeroActivities } from '../activities/contract';
import { taskQueues } from './names';

/** Waiting for healing trouble (agent offline, rate limits) is patience, not failure: attempts do not end, a code that cannot heal stops them. */
const patience = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' } as const;

/** Our own store and mapping, inside the workflow task: almost free for the server. */
export const desk = proxyLocalActivities<DeskActivities>({
  startToCloseTimeout: '20s', localRetryThreshold: '5s', retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

export const feed = proxyActivities<FeedActivities>({ taskQueue: taskQueues.orchestration, startToCloseTimeout: '1 minute', retry: patience });

/** One attempt may wait for the organisation's rate budget before it calls. */
export const xero = proxyActivities<XeroActivities>({ taskQueue: taskQueues.xero, startToCloseTimeout: '3 minutes', retry: patience });

/** The agents beside one GP company; `startToCloseTimeout` is above the SOAP timeout plus the look that follows a lost reply. */
export const gpOn = (taskQueue: string): ReturnType<typeof proxyActivities<GpActivities>> =>
  proxyActivities<GpActivities>({ taskQueue, startToCloseTimeout: '3 minutes', retry: patience });
