import { type OrderFeed } from '../source';

/** Magento delivers nothing: what its polling finds is put into the inbox under this topic. Its instants are whole seconds. */
export const magentoFeed: OrderFeed = { orderTopics: new Set(['order.changed']), coarseVersions: true };
