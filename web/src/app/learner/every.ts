import type { Page } from '../ui/pages'

/** The largest page that the API gives. */
export const LARGEST_PAGE = 500

/** All rows of a keyset list, page after page. Raises what `load` raises. */
export async function every<Row>(load: (cursor: string | null) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  do {
    const page: Page<Row> = await load(cursor)
    rows.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return rows
}
