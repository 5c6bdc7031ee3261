import type { Api } from '../../api/client'
import type { CatalogueRow } from './types'

/** Items of the catalogue by their ids; what it does not have is not among them. Raises `Failure`. */
export async function itemsById(
  api: Api,
  contentIds: Iterable<string>,
): Promise<ReadonlyMap<string, CatalogueRow>> {
  const ids = [...new Set(contentIds)]
  if (ids.length === 0) return new Map()
  const query = { ids, limit: ids.length }
  const { items } = await api.read(api.client.GET('/api/content', { params: { query } }))
  return new Map(items.map((item) => [item.contentId, item]))
}
