import { z } from 'zod';

const minutes = z.number().positive().max(525_600);
const Addresses = z.array(z.email()).max(20).default([]);

/** Who is told, and when, of what waits: by the channels that the environment gives (NOTIFY_WEBHOOK_URL, NOTIFY_MAIL_DIR). */
export const Notify = z.object({
  /** How often the store is looked at for news. */
  lookSeconds: z.number().int().min(1).max(3600).default(15),
  incidents: z.object({
    /** What heals within this is not told. */
    afterSeconds: z.number().int().min(0).max(86_400).default(60),
    remindAfterMinutes: minutes.optional(), escalateAfterMinutes: minutes.optional(),
  }).prefault({ remindAfterMinutes: 240, escalateAfterMinutes: 1440 }),
  /** Mail: from whom, and to whom each kind goes; an escalation goes to `escalations` too. */
  mail: z.object({ from: z.email(), approvals: Addresses, incidents: Addresses, escalations: Addresses }).optional(),
});
export type Notify = z.infer<typeof Notify>;
