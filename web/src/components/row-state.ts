/** What a row of items shows while some of them have been dismissed and can still be brought back. */

interface Identified {
  readonly contentId: string
}

/** A dismissed item and the place where its way back stays. */
export interface Dismissed<Item> {
  readonly item: Item
  readonly index: number
}

/**
 * The items to show, in order: the host's, and those dismissed that its newer list no longer has, each at its old
 * place, so that an Undo does not jump away from under the pointer when the list is loaded again.
 */
export function withDismissed<Item extends Identified>(
  items: readonly Item[],
  dismissed: ReadonlyMap<string, Dismissed<Item>>,
): Item[] {
  const present = new Set(items.map((item) => item.contentId))
  const gone = [...dismissed.values()].filter(({ item }) => !present.has(item.contentId))
  const row = [...items]
  for (const { item, index } of gone.sort((a, b) => a.index - b.index)) row.splice(index, 0, item)
  return row
}
