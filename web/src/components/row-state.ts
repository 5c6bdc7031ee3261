/** What a row of items shows while some of them have been dismissed and can still be brought back. */

interface Placed {
  readonly contentId: string
  readonly positionSeconds: number
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
export function withDismissed<Item extends Placed>(
  items: readonly Item[],
  dismissed: ReadonlyMap<string, Dismissed<Item>>,
): Item[] {
  const present = new Set(items.map((item) => item.contentId))
  const gone = [...dismissed.values()].filter(({ item }) => !present.has(item.contentId))
  const row = [...items]
  for (const { item, index } of gone.sort((a, b) => a.index - b.index)) row.splice(index, 0, item)
  return row
}

/** Those still dismissed: an item that the host lists at another position was played again, and so came back. */
export function stillDismissed<Item extends Placed>(
  items: readonly Item[],
  dismissed: ReadonlyMap<string, Dismissed<Item>>,
): ReadonlyMap<string, Dismissed<Item>> {
  const playedAgain = ({ contentId, positionSeconds }: Item) => {
    const then = dismissed.get(contentId)
    return then !== undefined && then.item.positionSeconds !== positionSeconds
  }
  const back = new Set(items.filter(playedAgain).map((item) => item.contentId))
  return new Map([...dismissed].filter(([contentId]) => !back.has(contentId)))
}
