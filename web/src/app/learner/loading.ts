/** What the learner's pages ask the query API for. Every function raises `Failure`. */
import type { ListedItem } from '../../api/types'
import type { Services } from '../services'
import { every, LARGEST_PAGE } from './every'
import { listed, type Assignment, type CatalogueRow } from './records'

/** The most ids that one request may name: the API takes 500, an address of 8 kB holds about 200. */
const IDS_AT_ONCE = 100

export async function loadCatalogue({ api }: Services): Promise<CatalogueRow[]> {
  return every((cursor) =>
    api
      .read(api.client.GET('/api/content', { params: { query: { cursor, limit: LARGEST_PAGE } } }))
      .then(listed),
  )
}

/** The items of these ids that the catalogue has, archived ones included. */
export async function loadItems({ api }: Services, ids: readonly string[]): Promise<CatalogueRow[]> {
  const found: CatalogueRow[] = []
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    const query = { ids: ids.slice(start, start + IDS_AT_ONCE), limit: IDS_AT_ONCE }
    found.push(...listed(await api.read(api.client.GET('/api/content', { params: { query } }))).items)
  }
  return found
}

export async function loadProgress({ api }: Services): Promise<ListedItem[]> {
  return every((cursor) =>
    api.read(api.client.GET('/api/progress', { params: { query: { cursor, limit: LARGEST_PAGE } } })),
  )
}

/** What is required of the person, by due date. */
export async function loadAssignments({ api, me }: Services): Promise<Assignment[]> {
  return every((cursor) =>
    api
      .read(
        api.client.GET('/api/people/{userId}/assignments', {
          params: { path: { userId: me.userId }, query: { cursor, limit: LARGEST_PAGE } },
        }),
      )
      .then(listed),
  )
}

/** What to go on with, latest first. */
export async function loadContinuing({ api }: Services): Promise<ListedItem[]> {
  return [...(await api.read(api.client.GET('/api/progress/continue-watching'))).items]
}

/** Rows by their `contentId`. */
export function byContent<Row extends { readonly contentId: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.contentId, row]))
}
