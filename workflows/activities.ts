import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { DeskActivities, FeedActivities, GpActivities, XeroActivities } from '../activities/contract';
import type { GpMasterActivities, MasterActivities, XeroMasterActivities } from '../activities/master/contract';
import { taskQueues } from './names';

/** Waiting for healing trouble (agent offline, rate limits) is patience, not failure: attempts do not end, a code that cannot heal stops them. */
const patience = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' } as const;

/** Beaten for every activity while it runs (worker/beating): that a process died is known within seconds, whatever the activity itself may last. */
const alive = { heartbeatTimeout: '12s' } as const;

/** A write waits in its activity while its system is away, so it may last. */
const waiting = { startToCloseTimeout: '1 day', ...alive, retry: patience } as const;

/**
 * Our own store and mapping, inside the workflow task: almost free for the server. A task holds one of the worker's few slots while it waits to try
 * again, so it waits there for a moment only: many orders that cannot be taken yet would leave no slot for what they wait for.
 */
export const desk = proxyLocalActivities<DeskActivities>({
  startToCloseTimeout: '20s', localRetryThreshold: '900ms', retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

export const feed = proxyActivities<FeedActivities>({ taskQueue: taskQueues.orchestration, startToCloseTimeout: '1 minute', ...alive, retry: patience });

/** One attempt may wait for the organisation's rate budget, or for Xero itself, before it calls. */
export const xero = proxyActivities<XeroActivities>({ taskQueue: taskQueues.xero, ...waiting });

/** The agents beside one GP company: writes stand in line there while GP is away. */
export const gpOn = (taskQueue: string): ReturnType<typeof proxyActivities<GpActivities>> => proxyActivities<GpActivities>({ taskQueue, ...waiting });

/** Reads of the change feed have a line of their own, and say soon that GP is away instead of waiting behind the writes. */
export const gpReadsOn = (gpQueue: string): ReturnType<typeof proxyActivities<GpActivities>> =>
  proxyActivities<GpActivities>({ taskQueue: taskQueues.gpReads(gpQueue), startToCloseTimeout: '3 minutes', scheduleToStartTimeout: '1 minute', ...alive, retry: { ...patience, maximumAttempts: 3 } });

/** Master data, our side: a page of records at a time. */
export const masters = proxyActivities<MasterActivities>({ taskQueue: taskQueues.orchestration, startToCloseTimeout: '5 minutes', ...alive, retry: patience });
/** Where it stands and how far it is: small, and almost free for the server. */
export const masterBooks = proxyLocalActivities<Pick<MasterActivities, 'loadSync' | 'trackBatch'>>({ startToCloseTimeout: '20s', localRetryThreshold: '5s', retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '30s' } });
export const xeroMasters = proxyActivities<XeroMasterActivities>({ taskQueue: taskQueues.xero, ...waiting });
export const gpMastersOn = (taskQueue: string): ReturnType<typeof proxyActivities<GpMasterActivities>> => proxyActivities<GpMasterActivities>({ taskQueue, ...waiting });
/** A scheduled look does not wait for a GP that is away: the next one comes soon. */
export const gpMasterReadsOn = (gpQueue: string): ReturnType<typeof proxyActivities<GpMasterActivities>> =>
  proxyActivities<GpMasterActivities>({ taskQueue: taskQueues.gpReads(gpQueue), startToCloseTimeout: '3 minutes', scheduleToStartTimeout: '1 minute', ...alive, retry: { ...patience, maximumAttempts: 3 } });
/** Nor for a Xero that is away. */
export const xeroMasterLooks = proxyActivities<XeroMasterActivities>({ taskQueue: taskQueues.xero, startToCloseTimeout: '10 minutes', ...alive, retry: { ...patience, maximumAttempts: 3 } });
