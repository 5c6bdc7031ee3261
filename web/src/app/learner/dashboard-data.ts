/** Loads what the dashboard shows. */
import type { ListedItem, Overview } from '../../api/types'
import type { Services } from '../services'
import { completedLately } from './due'
import { LARGEST_PAGE } from './every'
import { byContent, loadAssignments, loadItems } from './loading'
import type { Assignment, CatalogueRow } from './records'

/** A person's totals, latest items and assignments. */
export interface DashboardData {
  readonly summary: Overview
  /** The latest items, enough to include those completed lately. */
  readonly items: readonly ListedItem[]
  /** Null while the directory does not answer. */
  readonly assignments: readonly Assignment[] | null
  readonly titles: ReadonlyMap<string, CatalogueRow>
}

const TITLES = 20

/** Raises `Failure`. */
export async function loadDashboard(services: Services): Promise<DashboardData> {
  const { api } = services
  const [{ summary, items }, assignments] = await Promise.all([
    api.read(api.client.GET('/api/progress', { params: { query: { limit: LARGEST_PAGE } } })),
    loadAssignments(services).catch(() => null),
  ])
  const ids = completedLately(items)
    .slice(0, TITLES)
    .map((each) => each.contentId)
  const titles = byContent(ids.length === 0 ? [] : await loadItems(services, ids).catch(() => []))
  return { summary, items, assignments, titles }
}
