/** Which pages of a document were read, in all sessions together. */
import type { ItemProgress } from '../../../api/types'
import type { DocumentState } from '../../../sdk'

/** `count` is 0 while the number of pages is unknown. */
export function pagesRead(
  before: Pick<ItemProgress['metadata'], 'pagesViewed' | 'pageCount'>,
  session: Pick<DocumentState, 'pagesViewed' | 'pageCount'> | null,
): { readonly read: ReadonlySet<number>; readonly count: number } {
  const count = Math.max(before.pageCount ?? 0, session?.pageCount ?? 0) // as the service: the most that were claimed
  const read = [...(before.pagesViewed ?? []), ...(session?.pagesViewed ?? [])]
  return { read: new Set(read.filter((page) => count === 0 || page <= count)), count }
}
