/** What is searched, filtered and ordered by, in the page's address and in the API's: one text for each name. */

/** Names and their texts; '' is none. */
export type Filters = Readonly<Record<string, string>>

/** Those of an address' query. Other names are not ours; what is not there is as in `defaults`. */
export function filtersOf<F extends Filters>(search: string, defaults: F): F {
  const given = new URLSearchParams(search)
  const found = Object.entries(defaults).map(([name, text]) => [name, given.get(name) ?? text] as const)
  return Object.fromEntries(found) as F
}

/** The address' query for them, '' or with its question mark: only what differs from `defaults`. */
export function searchOf<F extends Filters>(filters: F, defaults: F): string {
  const differing = Object.entries(filters).filter(([name, text]) => text !== defaults[name])
  const text = new URLSearchParams(differing).toString()
  return text === '' ? '' : `?${text}`
}

/** A whole number of `least` to `most` as its text; anything else is `otherwise`. */
export function wholeNumber(text: string, least: number, most: number, otherwise: string): string {
  const value = /^\d{1,6}$/u.test(text.trim()) ? Number(text) : Number.NaN
  return value >= least && value <= most ? String(value) : otherwise
}

/** One of `allowed`; anything else is the first of them. */
export function oneOf<const Text extends string>(text: string, allowed: readonly [Text, ...Text[]]): Text {
  return allowed.find((each) => each === text) ?? allowed[0]
}

/** An order of one of `columns`, either way; anything else is `otherwise`. */
export function orderOf(text: string, columns: readonly string[], otherwise: string): string {
  return columns.includes(text.replace(/^-/u, '')) ? text : otherwise
}
