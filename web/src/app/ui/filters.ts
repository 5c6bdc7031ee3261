/** A page's filters, search and order, each one text, as its address has them. Pure. */

/** A filter's default, and the valid value closest to any text; the default where there is none. */
export interface Choice {
  readonly initial: string
  readonly clean: (value: string) => string
}

export type Choices<Name extends string> = Readonly<Record<Name, Choice>>
export type Chosen<Name extends string> = Readonly<Record<Name, string>>

/** One of these values; the first is the default. */
export function oneOf(initial: string, ...others: readonly string[]): Choice {
  return { initial, clean: (value) => (others.includes(value) ? value : initial) }
}

/** An order by one of these columns, with a leading minus for descending. */
export function orderBy(initial: string, columns: readonly string[]): Choice {
  return { initial, clean: (value) => (columns.includes(value.replace(/^-/u, '')) ? value : initial) }
}

/** A whole number within the API's bounds. */
export function wholeNumber(initial: string, least: number, most: number): Choice {
  const clean = (value: string): string => {
    const number = /^\d{1,10}$/u.test(value.trim()) ? Number(value) : Number.NaN
    return number >= least && number <= most ? String(number) : initial
  }
  return { initial, clean }
}

/** A text to search by: the API takes 200 characters. */
export const text: Choice = { initial: '', clean: (value) => value.slice(0, 200) }

/** A whole number up to the API's largest, or none. */
export const count: Choice = wholeNumber('', 0, 2_147_483_647)

/** Returns the chosen values that `given` names, each made valid; the others are the defaults. */
export function cleaned<Name extends string>(
  choices: Choices<Name>,
  given: (name: Name) => string | null | undefined,
): Chosen<Name> {
  const chosen = (Object.entries(choices) as [Name, Choice][]).map(([name, { initial, clean }]) => [
    name,
    clean(given(name) ?? initial),
  ])
  return Object.fromEntries(chosen) as Chosen<Name>
}

/** Reads an address' query, with or without its `?`; other names in it are ignored. */
export function fromAddress<Name extends string>(choices: Choices<Name>, search: string): Chosen<Name> {
  const query = new URLSearchParams(search)
  return cleaned(choices, (name) => query.get(name))
}

/** Writes an address' query from its `?` on: the values that differ from the defaults; '' if none does. */
export function toAddress<Name extends string>(choices: Choices<Name>, chosen: Chosen<Name>): string {
  const differing = Object.entries<Choice>(choices)
    .map(([name, { initial }]) => [name, chosen[name as Name], initial] as const)
    .filter(([, value, initial]) => value !== initial)
    .map(([name, value]) => [name, value])
  const written = new URLSearchParams(differing).toString()
  return written === '' ? '' : `?${written}`
}
