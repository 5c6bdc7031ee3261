/** Which pages of a document were read, in all sessions together. */
import type { ItemProgress } from '../../../api/types'
import type { DocumentState } from '../../../sdk'

/** Of the edition that is shown, else of the last one known. `count` is 0 while the number of pages is unknown. */
export function pagesRead(
  before: Pick<ItemProgress['metadata'], 'pagesViewed' | 'pageCount'>,
  session: Pick<DocumentState, 'overall' | 'pageCount'> | null,
): { readonly read: ReadonlySet<number>; readonly count: number } {
  const count = session?.pageCount ?? before.pageCount ?? 0
  const read = session?.overall.pagesViewed ?? before.pagesViewed ?? []
  return { read: new Set(read.filter((page) => count === 0 || page <= count)), count }
}
