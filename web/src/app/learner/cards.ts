/** The catalogue joined with what one has watched and what is required: the library's cards, their filters and order. */
import type { ListedItem, Status } from '../../api/types'
import { searchKey } from '../search-key'
import type { Assignment, CatalogueRow } from './records'

/** One item of the library. */
export interface Card {
  readonly item: CatalogueRow
  /** Null where it was never opened. */
  readonly progress: ListedItem | null
  /** Null where it is not required. */
  readonly assignment: Assignment | null
}

export const filters = ['all', 'required', 'in_progress', 'completed', 'not_started'] as const
export type Filter = (typeof filters)[number]
export const kinds = ['video', 'document', 'course'] as const
export type Kind = (typeof kinds)[number]
export const orders = ['suggested', 'title', 'recent'] as const
export type Order = (typeof orders)[number]

/** What of the library is asked for; it lives in the address. */
export interface Choice {
  readonly filter: Filter
  readonly kind: Kind | null
  readonly order: Order
  readonly search: string
}

/** Every item of the catalogue, in its order, with the person's own of it. */
export function joined(
  catalogue: readonly CatalogueRow[],
  progress: ReadonlyMap<string, ListedItem>,
  assignments: readonly Assignment[],
): Card[] {
  const required = new Map(assignments.map((each) => [each.contentId, each]))
  return catalogue.map((item) => ({
    item,
    progress: progress.get(item.contentId) ?? null,
    assignment: required.get(item.contentId) ?? null,
  }))
}

export function statusOf({ progress }: Card): Status {
  return progress?.status ?? 'not_started'
}

/** Whether what is required is past its date and not completed, by what is known of that now. */
export function isOverdue(assignment: Assignment | null, completed: boolean, now: Date): boolean {
  return assignment?.dueAt != null && new Date(assignment.dueAt) < now && !completed
}

/** The cards that are asked for, in the order that is. */
export function chosen(cards: readonly Card[], choice: Choice): Card[] {
  const wanted = searchKey(choice.search.trim())
  return cards
    .filter(
      (card) =>
        passes(card, choice.filter) &&
        (choice.kind === null || card.item.type === choice.kind) &&
        searchKey(card.item.title).includes(wanted),
    )
    .sort(ORDERS[choice.order])
}

/** How many cards each filter lets through, of the kind and the search that are asked for. */
export function counts(cards: readonly Card[], choice: Choice): Record<Filter, number> {
  const rest = chosen(cards, { ...choice, filter: 'all' })
  const count = (filter: Filter): number => rest.filter((card) => passes(card, filter)).length
  return {
    all: rest.length,
    required: count('required'),
    in_progress: count('in_progress'),
    completed: count('completed'),
    not_started: count('not_started'),
  }
}

function passes(card: Card, filter: Filter): boolean {
  if (filter === 'all') return true
  return filter === 'required' ? card.assignment !== null : statusOf(card) === filter
}

const ORDERS: Readonly<Record<Order, (a: Card, b: Card) => number>> = {
  suggested: (a, b) => urgency(a) - urgency(b), // sort is stable: the rest stays by title
  title: () => 0, // as the catalogue has it
  recent: (a, b) => lastViewed(b) - lastViewed(a),
}

/** What is required and open comes by its date, what has no date after it, and then all the rest. */
function urgency(card: Card): number {
  if (card.assignment === null || statusOf(card) === 'completed') return Number.MAX_VALUE
  return card.assignment.dueAt === null ? Number.MAX_SAFE_INTEGER : Date.parse(card.assignment.dueAt)
}

function lastViewed({ progress }: Card): number {
  return progress?.lastViewed == null ? 0 : Date.parse(progress.lastViewed)
}

/** What the address asks for; words in it that we do not know count as not there. */
export function choiceIn(search: string): Choice {
  const asked = new URLSearchParams(search)
  const of = <Value extends string>(known: readonly Value[], name: string): Value | undefined =>
    known.find((each) => each === asked.get(name))
  return {
    filter: of(filters, 'show') ?? 'all',
    kind: of(kinds, 'type') ?? null,
    order: of(orders, 'order') ?? 'suggested',
    search: asked.get('q') ?? '',
  }
}

/** The address' query for a choice, without what goes without saying: '' or `?…`. */
export function addressOf({ filter, kind, order, search }: Choice): string {
  const asked = new URLSearchParams()
  if (filter !== 'all') asked.set('show', filter)
  if (kind !== null) asked.set('type', kind)
  if (order !== 'suggested') asked.set('order', order)
  if (search !== '') asked.set('q', search)
  return asked.size === 0 ? '' : `?${asked.toString()}`
}
