/** The history's rows: sessions with the items that they are of. */
import type { HistoryEntry } from '../../api/types'
import type { Services } from '../services'
import type { Page } from '../ui/pages'
import { momentsOf, type Span } from './days'
import { byContent, loadItems } from './loading'
import type { CatalogueRow } from './records'

/** One viewing on one device; `item` is null where the catalogue does not have it. */
export interface Session extends HistoryEntry {
  readonly item: CatalogueRow | null
}

const ROWS_AT_ONCE = 50

/** Raises `Failure`. A session whose title cannot be had is listed all the same. */
export async function loadSessions(
  services: Services,
  span: Span,
  cursor: string | null,
): Promise<Page<Session>> {
  const { api } = services
  const query = { ...momentsOf(span), cursor, limit: ROWS_AT_ONCE }
  const page = await api.read(api.client.GET('/api/progress/history', { params: { query } }))
  const entries = page.items as HistoryEntry[] // openapi-fetch takes pairs for arrays of any length
  const ids = [...new Set(entries.map((each) => each.contentId))]
  const items = byContent(await loadItems(services, ids).catch(() => []))
  return {
    items: entries.map((each) => ({ ...each, item: items.get(each.contentId) ?? null })),
    nextCursor: page.nextCursor,
  }
}
