/** The Continue Watching row as changes come in. */
import type { ContinueWatchingItem } from '../../components'
import type { ListedItem } from '../../api/types'
import { resumingAddress } from './player/resuming'
import type { CatalogueRow } from './records'

/** What a change makes of the row. `stale`: the service has to say whether the item joins it. */
export interface Row {
  readonly items: readonly ListedItem[]
  readonly stale: boolean
}

/** The row after `change`: an item in it moves on or leaves; one that is not in it may have to join it. */
export function rowAfter(items: readonly ListedItem[], change: ListedItem): Row {
  const there = items.some((each) => each.contentId === change.contentId)
  const belongs = change.status === 'in_progress' && hasPlace(change)
  if (!there) return { items, stale: belongs }
  const rest = belongs
    ? items.map((each) => (each.contentId === change.contentId ? change : each))
    : items.filter((each) => each.contentId !== change.contentId)
  return { items: rest, stale: false }
}

/** The service's rule: documents and courses keep their place by other means than a position. */
function hasPlace({ progressType, resume }: ListedItem): boolean {
  return progressType !== 'video' || resume.offer
}

/** The row as its element takes it. */
export function rowItems(
  items: readonly ListedItem[],
  catalogue: ReadonlyMap<string, CatalogueRow>,
  untitled: string,
): ContinueWatchingItem[] {
  return items.map((each) => {
    const item = catalogue.get(each.contentId)
    return {
      contentId: each.contentId,
      title: item?.title ?? untitled,
      thumbnailUrl: item?.thumbnailUrl ?? null,
      positionSeconds: each.resume.positionSeconds,
      durationSeconds: each.durationSeconds,
      percentage: each.progress,
      // of a course, the part to go on with
      href: resumingAddress(each.resume.contentId ?? each.contentId),
    }
  })
}
