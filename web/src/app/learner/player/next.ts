/** What to go on with after an item: what is required first, then what was begun, then what comes next. */
import type { ListedItem } from '../../../api/types'
import type { Services } from '../../services'
import {
  byContent,
  loadAssignments,
  loadCatalogue,
  loadContinuing,
  loadItems,
  loadProgress,
} from '../loading'
import type { Assignment, CatalogueRow } from '../records'

/** What the suggestion is made of; `assignments` and `continuing` come most urgent first. */
export interface Offered {
  readonly assignments: readonly Assignment[]
  readonly continuing: readonly ListedItem[]
  readonly catalogue: readonly CatalogueRow[]
  readonly progress: ReadonlyMap<string, ListedItem>
}

/** The id of the item to suggest after `current`; null where all is done. */
export function nextAfter(
  current: string,
  { assignments, continuing, catalogue, progress }: Offered,
): string | null {
  const isOpen = ({ contentId }: { contentId: string }): boolean =>
    contentId !== current && progress.get(contentId)?.status !== 'completed'
  const at = catalogue.findIndex((each) => each.contentId === current)
  const turned = [...catalogue.slice(at + 1), ...catalogue.slice(0, Math.max(0, at))]
  return [...assignments, ...continuing, ...turned].find(isOpen)?.contentId ?? null
}

/** The item to suggest after `current`, null where all is done. Raises `Failure`. */
export async function loadNext(services: Services, current: string): Promise<CatalogueRow | null> {
  const [assignments, continuing, catalogue, progress] = await Promise.all([
    loadAssignments(services).catch(() => []), // the directory may be away; the rest suggests something too
    loadContinuing(services),
    loadCatalogue(services),
    loadProgress(services),
  ])
  const next = nextAfter(current, { assignments, continuing, catalogue, progress: byContent(progress) })
  if (next === null) return null
  return catalogue.find((each) => each.contentId === next) ?? (await loadItems(services, [next]))[0] ?? null
}
