/**
 * Where one was on a page, kept with its entry of the browser's history, so that Back, Forward and a reload find it:
 * how far it was scrolled, and how much of its lists was shown.
 */

export interface Place {
  /** Pixels from the top. */
  readonly top: number
  /** By list, how many rows were shown. */
  readonly rows: Readonly<Record<string, number>>
}

/** The place kept with the entry that the browser is at. */
export function placeKept(): Place {
  const { place } = stateKept()
  return isPlace(place) ? place : { top: 0, rows: {} }
}

export function keepTop(top: number): void {
  if (placeKept().top !== top) keep({ ...placeKept(), top })
}

export function keepRows(list: string, rows: number): void {
  const place = placeKept()
  if (place.rows[list] !== rows) keep({ ...place, rows: { ...place.rows, [list]: rows } })
}

function keep(place: Place): void {
  history.replaceState({ ...stateKept(), place }, '')
}

function stateKept(): Record<string, unknown> {
  const state: unknown = history.state
  return typeof state === 'object' && state !== null ? (state as Record<string, unknown>) : {}
}

/** What the page itself stored; a version before may have had it otherwise. */
function isPlace(value: unknown): value is Place {
  return (
    typeof value === 'object' &&
    value !== null &&
    'top' in value &&
    typeof value.top === 'number' &&
    'rows' in value &&
    typeof value.rows === 'object' &&
    value.rows !== null
  )
}
