/** Filters, search and order as an address has them, so that back, reload and a shared link keep them. Pure. */

/** What one of them is by default, and which other values there are. */
export interface Choice {
  readonly initial: string
  readonly accepts: (value: string) => boolean
}

export type Choices<Name extends string> = Readonly<Record<Name, Choice>>
export type Chosen<Name extends string> = Readonly<Record<Name, string>>

/** One of these values. */
export function oneOf(initial: string, ...others: readonly string[]): Choice {
  return { initial, accepts: (value) => value === initial || others.includes(value) }
}

/** An order by one of these columns, with a leading minus for descending. */
export function orderBy(initial: string, columns: readonly string[]): Choice {
  return { initial, accepts: (value) => columns.includes(value.replace(/^-/u, '')) }
}

/** Any text the API searches by: 200 characters. */
export const text: Choice = { initial: '', accepts: (value) => value.length <= 200 }

/** A whole number up to the API's largest, or none. */
export const count: Choice = {
  initial: '',
  accepts: (value) => value === '' || (/^\d{1,10}$/u.test(value) && Number(value) <= 2_147_483_647),
}

/** What an address chooses; what it names wrongly is as if it were not there. */
export function fromAddress<Name extends string>(choices: Choices<Name>, search: string): Chosen<Name> {
  const given = new URLSearchParams(search)
  const chosen = Object.entries<Choice>(choices).map(([name, { initial, accepts }]) => {
    const value = given.get(name)
    return [name, value !== null && accepts(value) ? value : initial]
  })
  return Object.fromEntries(chosen) as Chosen<Name>
}

/** The part of an address from its `?` on; empty where everything is as it is by default. */
export function toAddress<Name extends string>(choices: Choices<Name>, chosen: Chosen<Name>): string {
  const said = Object.entries<Choice>(choices)
    .map(([name, { initial }]) => [name, chosen[name as Name], initial] as const)
    .filter(([, value, initial]) => value !== initial)
    .map(([name, value]) => [name, value])
  const written = new URLSearchParams(said).toString()
  return written === '' ? '' : `?${written}`
}
