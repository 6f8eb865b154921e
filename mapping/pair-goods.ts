import { z } from 'zod';
import { DecimalText } from '../canonical/money';

const Item = z.string().min(1).max(30);
const Positive = DecimalText.refine((text) => Number(text) > 0, 'more than zero');

/** What a bundle of the shop is in GP: one kit item that GP takes apart itself, or the goods inside it. Never both. */
export const Bundle = z.discriminatedUnion('as', [
  z.object({ as: z.literal('kit'), item: Item }),
  z.object({
    as: z.literal('components'),
    components: z.array(z.object({
      item: Item, description: z.string().optional(),
      /** Pieces in one bundle. */
      quantity: Positive,
      /** What one piece costs alone: the weights by which the bundle's price is divided. */
      price: DecimalText,
      /** False where this piece bears no tax of the bundle. */
      taxed: z.boolean().default(true),
    })).min(1),
  }),
]);
export type Bundle = z.infer<typeof Bundle>;

/** Units of one item in GP, the wanted one first. `holds`: shop pieces in one of it. The first that holds the sold quantity exactly is taken. */
export const Units = z.object({
  /** Decimals that GP keeps of this item's quantity (IV00101 DECPLQTY). */
  decimals: z.number().int().min(0).max(5).default(0),
  units: z.array(z.object({ unit: z.string().min(1).max(8), holds: Positive })).min(1),
});
export type Units = z.infer<typeof Units>;
