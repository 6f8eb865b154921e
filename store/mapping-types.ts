/** `shipped`: came with a release and is kept because orders were taken with it. */
export const mappingStates = ['draft', 'published', 'retired', 'shipped'] as const;
export type MappingState = (typeof mappingStates)[number];
/** One version of a pair's mapping document: who wrote it and why, who put it to work and when. Instants are UTC. */
export type MappingVersion = {
  pairId: string; name: string; version: number; state: MappingState; by: string; reason: string; createdAt: string; publishedAt?: string; publishedBy?: string; publishReason?: string; retiredAt?: string;
};

/** Versions of mapping documents: a version never changes once it is published, and one of each name works at a time. */
export interface MappingStore {
  /** A new draft, numbered one above what the pair has (at least `above`). The document is kept as JSON with this number in it. */
  draft(ask: { pairId: string; name: string; document: object; by: string; reason: string; above: number }): Promise<MappingVersion>;
  /** The version asked for, else the published one; undefined where the pair has none of its own. */
  get(pairId: string, name: string, version?: number): Promise<(MappingVersion & { document: unknown }) | undefined>;
  /** Name → number of the version that works; names without one of the pair's own are left out. */
  published(pairId: string): Promise<Record<string, number>>;
  /**
   * Keeps what a release ships, so that orders taken with it find it whatever later releases ship. Answers the number it has for the pair: its own where
   * that is free or holds the same document, else the next free one. Asked again for the same document it answers the same.
   */
  keepShipped(ask: { pairId: string; name: string; document: object & { version: number } }): Promise<number>;
  /** Newest first, of one name or of all. */
  list(pairId: string, name?: string): Promise<MappingVersion[]>;
  /** Draft → published; the one before is retired in the same moment. False when it is no draft (any more). */
  publish(ask: { pairId: string; name: string; version: number; by: string; reason: string }): Promise<boolean>;
  /** Published or draft → retired: the pair falls back to what ships. */
  retire(ask: { pairId: string; name: string; version: number; by: string; reason: string }): Promise<boolean>;
}
