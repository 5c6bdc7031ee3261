/** What is required, by how urgent it is, and what was completed last. */
import type { ListedItem } from '../../api/types'
import type { Assignment } from './records'

const SOON_DAYS = 30

/** Past their date and open, the oldest first. */
export function overdue(assignments: readonly Assignment[], now: Date): Assignment[] {
  return dated(assignments).filter(({ dueAt }) => Date.parse(dueAt) < now.getTime())
}

/** Open, and due within 30 times 24 hours, the nearest first. */
export function dueSoon(assignments: readonly Assignment[], now: Date): Assignment[] {
  const end = now.getTime() + SOON_DAYS * 24 * 3600 * 1000
  return dated(assignments).filter(({ dueAt }) => {
    const due = Date.parse(dueAt)
    return due >= now.getTime() && due < end
  })
}

/** Completed, the latest first. */
export function completedLately(items: readonly ListedItem[]): (ListedItem & { completedAt: string })[] {
  return items
    .filter((each): each is ListedItem & { completedAt: string } => each.completedAt !== null)
    .filter((each) => each.status === 'completed') // one reopened keeps the date
    .sort((a, b) => Date.parse(b.completedAt) - Date.parse(a.completedAt))
}

function dated(assignments: readonly Assignment[]): (Assignment & { dueAt: string })[] {
  return assignments
    .filter((each): each is Assignment & { dueAt: string } => each.dueAt !== null)
    .filter((each) => each.status !== 'completed')
    .sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))
}
